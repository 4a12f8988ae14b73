#pragma once

#include <string>
#include <string_view>

namespace coxswain::analysis {

// Text that came from a stranger (names of behaviours, SAEs, models), made fit
// for files that other programs read.

// Valid UTF-8 in one line: control characters become spaces, bytes that are no
// UTF-8 the replacement character.
std::string one_line(std::string_view text);

// At most `n` characters of one_line() text: what is longer loses its middle.
std::string shortened(const std::string& text, std::size_t n);

// At most `n` characters of one_line() text: its first, its last.
std::string beginning(const std::string& text, std::size_t n);
std::string ending(const std::string& text, std::size_t n);

// A part of a file name: letters, digits, '-', '_' and '.', the last not first;
// anything else becomes '_'. Never empty, 64 bytes at most.
std::string file_name_part(std::string_view text);

// A field of a CSV file, in quotes if it needs them.
std::string csv_field(const std::string& text);

}  // namespace coxswain::analysis
