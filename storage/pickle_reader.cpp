#include "storage/pickle_reader.hpp"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "storage/fault.hpp"

namespace coxswain::storage {
namespace {

using Kind = PickleValue::Kind;
using Id = std::uint32_t;

constexpr std::size_t kMostValues = 1U << 20;   // of all kinds, ever made
constexpr std::size_t kMostOpcodes = 1U << 22;  // memory of stack and memo
constexpr std::string_view kOrderedDict = "collections OrderedDict";

class Machine {
 public:
  Machine(std::string_view bytes, const std::set<std::string>& allowed,
          const std::string& file)
      : bytes_(bytes), allowed_(allowed), file_(file) {}

  Pickle run() {
    for (std::size_t n = 0; n < kMostOpcodes; ++n) {
      const auto opcode = static_cast<unsigned char>(take(1)[0]);
      if (opcode == '.') {
        pickle_.root = pop();
        if (!stack_.empty()) refuse("values beside the last one", "one value");
        pickle_.length = at_;
        return std::move(pickle_);
      }
      if (!constant(opcode) && !container(opcode) && !memory(opcode) &&
          !reference(opcode)) {
        refuse("opcode " + std::to_string(opcode) + " at byte " +
                   std::to_string(at_ - 1),
               "what state dicts are made of");
      }
    }
    refuse("too many opcodes", std::to_string(kMostOpcodes) + " at most");
  }

 private:
  // Opcodes that push a number, a text or nothing at all.
  bool constant(unsigned char opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (number<std::uint8_t>() > 5) refuse("a newer pickle", "up to 5");
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
        marks_.push_back(stack_.size());
        return true;
      case ')':
        return push(of_items(Kind::tuple, {}));
      case 't':
        return push(of_items(Kind::tuple, to_mark()));
      case 0x85:  // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87:
        return push(of_items(Kind::tuple, popped(opcode - 0x84U)));
      case ']':
        return push(of_items(Kind::list, {}));
      case 'a':
        return append(Kind::list, popped(1));
      case 'e':
        return append(Kind::list, to_mark());
      case '}':
        return push(of_items(Kind::mapping, {}));
      case 's':
        return append(Kind::mapping, popped(2));
      case 'u':
        return append(Kind::mapping, to_mark());
      default:
        return false;
    }
  }

  bool memory(unsigned char opcode) {
    switch (opcode) {
      case '0':
        pop();
        return true;
      case '1':  // POP_MARK
        to_mark();
        return true;
      case 'h':
        return recall(number<std::uint8_t>());
      case 'j':
        return recall(number<std::uint32_t>());
      case 'q':
        memo_[number<std::uint8_t>()] = top();
        return true;
      case 'r':
        memo_[number<std::uint32_t>()] = top();
        return true;
      case 0x94:  // MEMOIZE
        memo_[static_cast<std::uint32_t>(memo_.size())] = top();
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
        const std::vector<Id> names = popped(2);
        return push_global("STACK_GLOBAL", text_of(names[0]),
                           text_of(names[1]));
      }
      case 'R':
        return reduce();
      case 'b':  // BUILD: attributes of an object, of no use to us
        pop();
        if (value(top()).kind != Kind::mapping) {
          refuse("BUILD on what is no mapping", "attributes of a mapping");
        }
        return true;
      case 'Q':  // BINPERSID
        return push(of_items(Kind::persistent, popped(1)));
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
    const std::vector<Id> pair = popped(2);
    const std::string_view callee = value(pair[0]).text;
    if (value(pair[0]).kind != Kind::global ||
        value(pair[1]).kind != Kind::tuple) {
      refuse("REDUCE of what is no call", "a global and its arguments");
    }
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
        refuse("an OrderedDict of something else", "pairs");
      }
      count_items(2);
      mapping.items.insert(mapping.items.end(), both.items.begin(),
                           both.items.end());
    }
    return mapping;
  }

  bool append(Kind kind, const std::vector<Id>& items) {
    PickleValue& to = pickle_.values[top()];
    if (to.kind != kind || (kind == Kind::mapping && items.size() % 2 != 0)) {
      refuse("items for what can't take them", "a list or a mapping");
    }
    to.items.insert(to.items.end(), items.begin(), items.end());
    return true;
  }

  // A list that is kept can be copied by every opcode that names it.
  void count_items(std::size_t n) {
    copied_ += n;
    if (copied_ > kMostOpcodes) {
      refuse("too many items", std::to_string(kMostOpcodes) + " at most");
    }
  }

  bool push(PickleValue made) {
    if (pickle_.values.size() == kMostValues) {
      refuse("too many values", std::to_string(kMostValues) + " at most");
    }
    stack_.push_back(static_cast<Id>(pickle_.values.size()));
    pickle_.values.push_back(std::move(made));
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

  const PickleValue& value(Id id) const { return pickle_.values[id]; }
  std::string_view text_of(Id id) const {
    if (value(id).kind != Kind::text) refuse("a global without name", "texts");
    return value(id).text;
  }

  // What lies above the last mark; nothing below it can be reached.
  std::size_t above_mark() const {
    return stack_.size() - (marks_.empty() ? 0 : marks_.back());
  }
  Id top() const {
    if (above_mark() == 0) refuse("an empty stack", "a value");
    return stack_.back();
  }
  Id pop() { return popped(1)[0]; }
  std::vector<Id> popped(std::size_t n) {
    if (above_mark() < n) refuse("an empty stack", "values");
    const auto from = stack_.end() - static_cast<std::ptrdiff_t>(n);
    std::vector<Id> items(from, stack_.end());
    stack_.erase(from, stack_.end());
    return items;
  }
  std::vector<Id> to_mark() {
    if (marks_.empty()) refuse("no mark on the stack", "one");
    std::vector<Id> items = popped(above_mark());
    marks_.pop_back();
    return items;
  }
  bool recall(std::uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) refuse("a value never kept", "one that was");
    stack_.push_back(found->second);
    return true;
  }

  std::string_view take(std::uint64_t n) {
    if (n > bytes_.size() - at_) {
      refuse("a pickle that ends early", std::to_string(n) + " more bytes");
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
    if (end == std::string_view::npos) refuse("a name without end", "a name");
    const std::string_view found = take(end - at_);
    take(1);
    return found;
  }

  [[noreturn]] void refuse(const std::string& found,
                           const std::string& expected) const {
    throw StorageError({file_, "pickle", found, expected,
                        "the file is no state dict, or damaged"});
  }

  std::string_view bytes_;
  const std::set<std::string>& allowed_;
  const std::string& file_;
  std::uint64_t at_ = 0;
  std::size_t copied_ = 0;  // items of mappings made from lists
  Pickle pickle_;
  std::vector<Id> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, Id> memo_;
};

}  // namespace

Pickle read_pickle(std::string_view bytes, const std::set<std::string>& allowed,
                   const std::string& file) {
  return Machine(bytes, allowed, file).run();
}

}  // namespace coxswain::storage
