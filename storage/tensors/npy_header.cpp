#include "storage/tensors/npy_header.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

// A kind of numbers as numpy spells it.
struct Kind {
  std::string_view descr;
  DType dtype;
};
constexpr Kind kKinds[] = {{"<f4", DType::f32},    {"<f8", DType::f64},
                           {"<f2", DType::f16},    {"<i4", DType::i32},
                           {"<i8", DType::i64},    {"|u1", DType::u8},
                           {"|b1", DType::boolean}};

// Takes the header's text from its front; what is left is what was not read.
class Parser {
 public:
  Parser(std::string_view text, const std::string& file,
         const std::string& member)
      : text_(text), file_(file), member_(member) {}

  StoredTensor parse() {
    StoredTensor tensor;
    bool fortran = false;
    bool seen[3] = {};
    expect('{');
    while (!taken('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && first(seen[0])) {
        tensor.dtype = descr();
      } else if (key == "fortran_order" && first(seen[1])) {
        fortran = truth();
      } else if (key == "shape" && first(seen[2])) {
        tensor.shape = shape();
      } else {
        refuse("the key '" + printable(key) + "'", "each of the three once");
      }
      if (!taken(',') && !next_is('}')) refuse("no comma", "one");
    }
    skip_spaces();
    if (!text_.empty() || !seen[0] || !seen[1] || !seen[2]) {
      refuse("not the text of a header", "descr, fortran_order and shape");
    }
    set_order(tensor, fortran);
    return tensor;
  }

 private:
  static bool first(bool& seen) { return !std::exchange(seen, true); }

  // One dimension or none lies the same way in both orders.
  void set_order(StoredTensor& tensor, bool fortran) const {
    if (!fortran || tensor.shape.size() < 2) return;
    if (tensor.shape.size() > 2) {
      refuse("Fortran order of " + std::to_string(tensor.shape.size()) +
                 " dimensions",
             "C order, or two dimensions");
    }
    tensor.column_major = true;
  }

  DType descr() {
    skip_spaces();
    if (next_is('[')) refuse("an array of records", "of numbers");
    const std::string_view found = quoted();
    for (const Kind& kind : kKinds) {
      if (kind.descr == found) return kind.dtype;
    }
    if (found == "|O" || found == "O") {
      refuse("an object array (pickled, never loaded)", "an array of numbers");
    }
    std::string kinds;
    for (const Kind& kind : kKinds) kinds += " " + std::string(kind.descr);
    refuse("numbers of kind '" + printable(found) + "'", "one of" + kinds);
  }

  bool truth() {
    if (word("True")) return true;
    if (word("False")) return false;
    refuse("no truth value", "True or False");
  }

  std::vector<std::int64_t> shape() {
    constexpr std::size_t kMostDimensions = 32;  // numpy's own limit
    std::vector<std::int64_t> extents;
    expect('(');
    bool comma = true;  // "(3)" is a number to Python, not a shape
    while (!taken(')')) {
      if (!comma || extents.size() == kMostDimensions) {
        refuse("no shape", "a tuple of sizes");
      }
      extents.push_back(size());
      comma = taken(',');
      if (!comma && extents.size() == 1) refuse("no shape", "a tuple");
    }
    return extents;
  }

  std::int64_t size() {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    skip_spaces();
    if (next_is('-')) refuse("a negative size", "sizes of 0 and more");
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; ++digits) {
      const std::int64_t digit = text_[0] - '0';
      // Asked before the multiplication, which would overflow.
      if (value > (kMost - digit) / 10) refuse("a size beyond 64 bits", "");
      value = value * 10 + digit;
      text_.remove_prefix(1);
    }
    if (digits == 0) refuse("no size", "a whole number");
    if (!text_.empty() && text_[0] == 'L') text_.remove_prefix(1);  // Python 2
    return value;
  }

  std::string_view quoted() {
    skip_spaces();
    if (!next_is('\'') && !next_is('"')) refuse("no quoted text", "one");
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) refuse("a text without end", "");
    const std::string_view inner = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inner;
  }

  bool word(std::string_view wanted) {
    skip_spaces();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }

  bool next_is(char wanted) const {
    return !text_.empty() && text_[0] == wanted;
  }
  bool taken(char wanted) {
    skip_spaces();
    if (!next_is(wanted)) return false;
    text_.remove_prefix(1);
    skip_spaces();
    return true;
  }
  void expect(char wanted) {
    if (!taken(wanted)) {
      refuse("not the text of a header", std::string("'") + wanted + "'");
    }
  }
  void skip_spaces() {
    while (next_is(' ') || next_is('\n')) text_.remove_prefix(1);
  }

  [[noreturn]] void refuse(const std::string& found,
                           const std::string& expected) const {
    throw StorageError({file_, member_, found, expected,
                        "save the array again as float32, little-endian"});
  }

  std::string_view text_;
  const std::string& file_;
  const std::string& member_;
};

}  // namespace

StoredTensor parse_npy_header(std::string_view text, const std::string& file,
                              const std::string& member) {
  return Parser(text, file, member).parse();
}

}  // namespace coxswain::storage
