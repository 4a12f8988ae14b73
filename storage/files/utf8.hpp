#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coxswain::storage {

// Bytes of the character that `text` begins with; 0 if it begins with none
// (RFC 3629: neither overlong forms nor surrogates), or is empty.
std::size_t character_size(std::string_view text);

// The place of the first byte that is of no character; npos if all are.
std::size_t first_bad_byte(std::string_view text);

// With the letters A to Z in lower case; all else as it is.
std::string in_lower_case(std::string_view text);

// Whether a character moves others, or is not seen at all: controls, line and
// paragraph separators, marks of direction, characters without width.
bool is_unseen(std::string_view character);

// For one line, in quotation marks: what does not print as itself is spelled
// out, bytes of no character as \xNN, unseen characters as \n or \uNNNN. Of a
// longer text the first `most` bytes or a little less, and "...".
std::string in_quotes(std::string_view text,
                      std::size_t most = std::string_view::npos);

}  // namespace coxswain::storage
