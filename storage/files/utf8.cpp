#include "storage/files/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace coxswain::storage {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The number of a sound character.
std::uint32_t number_of(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  std::uint32_t number = first & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1)) {
    number = number << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return number;
}

std::string spelled(std::string_view character) {
  switch (character[0]) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  return is_unseen(character) ? fmt::format("\\u{:04x}", number_of(character))
                              : std::string(character);
}

}  // namespace

std::size_t character_size(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : first >= 0xE0 && first <= 0xEF ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  if (size == 0 || text.size() < size) return 0;
  if (!std::all_of(text.begin() + 1,
                   text.begin() + static_cast<std::ptrdiff_t>(size),
                   continues)) {
    return 0;
  }
  const bool overlong =
      (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool beyond =
      (first == 0xED && at(1) > 0x9F) || (first == 0xF4 && at(1) > 0x8F);
  return overlong || beyond ? 0 : size;
}

std::size_t first_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_unseen(std::string_view character) {
  const std::uint32_t number = number_of(character);
  const auto within = [&](std::uint32_t first, std::uint32_t last) {
    return first <= number && number <= last;
  };
  return number < 0x20 || within(0x7F, 0x9F) || number == 0xAD ||
         within(0x200B, 0x200F) || within(0x2028, 0x202E) ||
         within(0x2060, 0x206F) || number == 0xFEFF;
}

std::string in_quotes(std::string_view text, std::size_t most) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text.substr(at));
    if (at + std::max<std::size_t>(size, 1) > most) return out + "...\"";
    if (size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else {
      out += spelled(text.substr(at, size));
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out + "\"";
}

}  // namespace coxswain::storage
