#include "storage/tensors/pickle_reader.hpp"

#include <cstring>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/tensors/pickle_stack.hpp"

namespace coxswain::storage {
namespace {

using Kind = PickleValue::Kind;
using Id = PickleStack::Id;

constexpr std::size_t kMostOpcodes = 1U << 22;  // memory of stack and memo
constexpr std::string_view kOrderedDict = "collections OrderedDict";

// Goes through the opcodes; each makes a description or is refused by number.
class Machine {
 public:
  Machine(std::string_view bytes, const std::set<std::string>& allowed,
          const std::string& file)
      : bytes_(bytes), allowed_(allowed), file_(file), stack_(file) {}

  Pickle run() {
    for (std::size_t n = 0; n < kMostOpcodes; ++n) {
      const auto opcode = static_cast<unsigned char>(take(1)[0]);
      if (opcode == '.') {
        const Id root = stack_.pop(1)[0];
        // Python passes over values that are left below the result: a place to
        // hide things in.
        if (!stack_.empty()) {
          stack_.refuse("values beside the last one", "one value");
        }
        return {stack_.take(), root, at_};
      }
      if (!constant(opcode) && !container(opcode) && !memory(opcode) &&
          !reference(opcode)) {
        stack_.refuse("opcode " + std::to_string(opcode) + " at byte " +
                          std::to_string(at_ - 1),
                      "what state dicts are made of");
      }
    }
    stack_.refuse("too many opcodes",
                  std::to_string(kMostOpcodes) + " at most");
  }

 private:
  // Opcodes that push a number, a text or nothing at all.
  bool constant(unsigned char opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (number<std::uint8_t>() > 5) {
          stack_.refuse("a newer pickle", "up to 5");
        }
        return true;
      case 0x95:  // FRAME: a hint for readers of streams
        number<std::uint64_t>();
        return true;
      case 'N':
        return push({});
      case 0x88:  // NEWTRUE
      case 0x89:  // NEWFALSE
        return push_integer(opcode == 0x88 ? 1 : 0, Kind::boolean);
      case 'J':  // BININT
        return push_integer(number<std::int32_t>());
      case 'K':  // BININT1
        return push_integer(number<std::uint8_t>());
      case 'M':  // BININT2
        return push_integer(number<std::uint16_t>());
      case 0x8a:  // LONG1
        return push_long(take(number<std::uint8_t>()));
      case 'G':
        return push_real();
      default:
        return text(opcode);
    }
  }

  bool text(unsigned char opcode) {
    switch (opcode) {
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':   // SHORT_BINSTRING: Python 2's texts
        return push_text(Kind::text, number<std::uint8_t>());
      case 'X':  // BINUNICODE
      case 'T':  // BINSTRING
        return push_text(Kind::text, number<std::uint32_t>());
      case 0x8d:  // BINUNICODE8
        return push_text(Kind::text, number<std::uint64_t>());
      case 'C':  // SHORT_BINBYTES
        return push_text(Kind::bytes, number<std::uint8_t>());
      case 'B':  // BINBYTES
        return push_text(Kind::bytes, number<std::uint32_t>());
      case 0x8e:  // BINBYTES8
        return push_text(Kind::bytes, number<std::uint64_t>());
      default:
        return false;
    }
  }

  bool container(unsigned char opcode) {
    switch (opcode) {
      case '(':
        stack_.mark();
        return true;
      case ')':
        return push(of_items(Kind::tuple, {}));
      case 't':
        return push(of_items(Kind::tuple, stack_.pop_to_mark()));
      case 0x85:  // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87:
        return push(of_items(Kind::tuple, stack_.pop(opcode - 0x84U)));
      case ']':
        return push(of_items(Kind::list, {}));
      case 'a':
        stack_.append(Kind::list, stack_.pop(1));
        return true;
      case 'e':
        stack_.append(Kind::list, stack_.pop_to_mark());
        return true;
      case '}':
        return push(of_items(Kind::mapping, {}));
      case 's':
        stack_.append(Kind::mapping, stack_.pop(2));
        return true;
      case 'u':
        stack_.append(Kind::mapping, stack_.pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool memory(unsigned char opcode) {
    switch (opcode) {
      case '0':
        stack_.pop(1);
        return true;
      case '1':  // POP_MARK
        stack_.pop_to_mark();
        return true;
      case 'h':
        stack_.recall(number<std::uint8_t>());
        return true;
      case 'j':
        stack_.recall(number<std::uint32_t>());
        return true;
      case 'q':
        stack_.keep(number<std::uint8_t>());
        return true;
      case 'r':
        stack_.keep(number<std::uint32_t>());
        return true;
      case 0x94:  // MEMOIZE
        stack_.keep_next();
        return true;
      default:
        return false;
    }
  }

  bool reference(unsigned char opcode) {
    switch (opcode) {
      case 'c': {
        const std::string module(line());
        return push_global("GLOBAL", module, line());
      }
      case 0x93: {  // STACK_GLOBAL
        const std::vector<Id> names = stack_.pop(2);
        return push_global("STACK_GLOBAL", text_of(names[0]),
                           text_of(names[1]));
      }
      case 'R':
        return reduce();
      case 'b':  // BUILD: attributes of an object, of no use to us
        stack_.pop(1);
        if (value(stack_.top()).kind != Kind::mapping) {
          stack_.refuse("BUILD on what is no mapping",
                        "attributes of a mapping");
        }
        return true;
      case 'Q':  // BINPERSID
        return push(of_items(Kind::persistent, stack_.pop(1)));
      default:
        return false;
    }
  }

  bool push_global(const char* opcode, std::string_view module,
                   std::string_view name) {
    const auto found =
        allowed_.find(std::string(module) + ' ' + std::string(name));
    if (found == allowed_.end()) {
      throw StorageError(
          {file_,
           std::string(opcode) + ' ' + printable(module) + ' ' +
               printable(name),
           "a call into Python that no tensor needs", "tensors alone",
           "nothing was executed; don't unpickle this file elsewhere"});
    }
    PickleValue global;
    global.kind = Kind::global;
    global.text = *found;
    return push(std::move(global));
  }

  bool reduce() {
    const std::vector<Id> pair = stack_.pop(2);
    const std::string_view callee = value(pair[0]).text;
    if (value(pair[0]).kind != Kind::global ||
        value(pair[1]).kind != Kind::tuple) {
      stack_.refuse("REDUCE of what is no call", "a global and its arguments");
    }
    // State dicts are OrderedDicts: a mapping to us. Any other call stays a
    // description that nobody carries out.
    if (callee == kOrderedDict) return push(ordered(value(pair[1]).items));
    PickleValue call = of_items(Kind::call, {pair[1]});
    call.text = callee;
    return push(std::move(call));
  }

  // OrderedDict() or, from Python 2, OrderedDict([[key, value], ...]).
  PickleValue ordered(const std::vector<Id>& arguments) {
    PickleValue mapping = of_items(Kind::mapping, {});
    if (arguments.empty()) return mapping;
    for (const Id pair : value(arguments[0]).items) {
      const PickleValue& both = value(pair);
      if ((both.kind != Kind::list && both.kind != Kind::tuple) ||
          both.items.size() != 2) {
        stack_.refuse("an OrderedDict of something else", "pairs");
      }
      stack_.count_copied(2);
      mapping.items.insert(mapping.items.end(), both.items.begin(),
                           both.items.end());
    }
    return mapping;
  }

  bool push(PickleValue made) {
    stack_.push(std::move(made));
    return true;
  }
  bool push_integer(std::int64_t integer, Kind kind = Kind::integer) {
    PickleValue made;
    made.kind = kind;
    made.integer = integer;
    return push(std::move(made));
  }
  bool push_long(std::string_view bytes) {
    if (bytes.size() > 8) return push_text(Kind::long_number, bytes);
    std::uint64_t bits = 0;
    const bool negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
    // Two's complement of any length: the missing upper bytes repeat the sign.
    if (negative) bits = ~bits;
    std::memcpy(&bits, bytes.data(), bytes.size());
    return push_integer(static_cast<std::int64_t>(bits));
  }
  bool push_real() {
    std::uint64_t bits = 0;  // the one big-endian number of pickles
    for (const char byte : take(8)) {
      bits = bits << 8 | static_cast<unsigned char>(byte);
    }
    PickleValue made;
    made.kind = Kind::real;
    std::memcpy(&made.real, &bits, sizeof bits);
    return push(std::move(made));
  }
  bool push_text(Kind kind, std::uint64_t length) {
    return push_text(kind, take(length));
  }
  bool push_text(Kind kind, std::string_view bytes) {
    PickleValue made;
    made.kind = kind;
    made.text = bytes;
    return push(std::move(made));
  }
  static PickleValue of_items(Kind kind, std::vector<Id> items) {
    PickleValue made;
    made.kind = kind;
    made.items = std::move(items);
    return made;
  }

  const PickleValue& value(Id id) const { return stack_.value(id); }
  std::string_view text_of(Id id) const {
    if (value(id).kind != Kind::text) {
      stack_.refuse("a global without name", "texts");
    }
    return value(id).text;
  }

  std::string_view take(std::uint64_t n) {
    if (n > bytes_.size() - at_) {
      stack_.refuse("a pickle that ends early",
                    std::to_string(n) + " more bytes");
    }
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos)
      stack_.refuse("a name without end", "a name");
    const std::string_view found = take(end - at_);
    take(1);
    return found;
  }

  std::string_view bytes_;
  const std::set<std::string>& allowed_;
  const std::string& file_;
  std::uint64_t at_ = 0;
  PickleStack stack_;
};

}  // namespace

Pickle read_pickle(std::string_view bytes, const std::set<std::string>& allowed,
                   const std::string& file) {
  return Machine(bytes, allowed, file).run();
}

}  // namespace coxswain::storage
