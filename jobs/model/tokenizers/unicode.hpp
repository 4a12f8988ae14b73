#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coxswain::jobs {

// Throws JobError that says at which byte `text` stops being UTF-8.
void require_utf8(std::string_view text);

// The character at byte `at` of valid UTF-8, and its length in bytes.
struct CodePoint {
  std::int32_t value = 0;
  std::uint32_t length = 0;
};
CodePoint code_point_at(std::string_view text, std::size_t at);
// Appends the bytes of one character.
void append_utf8(std::int32_t code_point, std::string& out);

// One character of a text in canonical composition (NFC): 1 says that it was
// inserted, 0 that it took the place of one, -n that n more went into it.
struct Composed {
  std::int32_t value = 0;
  int change = 0;
};
// `text` in canonical composition.
std::vector<Composed> compose(std::string_view text);

// White space: separators and the controls that Unicode counts to them.
bool is_space(std::int32_t code_point);
// What texts that look the same have in common: canonical composition, every
// stretch of white space as one space and none at the ends, nothing without
// width.
std::string folded(std::string_view text);

}  // namespace coxswain::jobs
