#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace coxswain::storage {

// What a pickle describes, as plain data. Values refer to others of the same
// Pickle by their numbers; a list may hold itself, so walks need a limit.
struct PickleValue {
  // Each kind, and the member that holds its value.
  enum class Kind : std::uint8_t {
    none,
    boolean,      // integer: 0 or 1
    integer,      // integer
    long_number,  // text: more than 8 bytes, little-endian
    real,         // real
    text,         // text
    bytes,        // text
    tuple,        // items
    list,         // items
    mapping,      // items: key, value, key, value, ...
    global,       // text: "module name"
    call,         // text: the global called; items: the tuple of arguments
    persistent    // items: the one value that names what lies outside
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;  // of the pickle's bytes, or of what is allowed
  std::vector<std::uint32_t> items;
};

// One whole pickle; `root` is the number of the value that it describes. Texts
// are views into the bytes that it was read from.
struct Pickle {
  std::vector<PickleValue> values;
  std::uint32_t root = 0;
  std::uint64_t length = 0;  // bytes up to and with its end

  const PickleValue& at(std::uint32_t value) const { return values.at(value); }
};

}  // namespace coxswain::storage
