#include "analysis/forms/plain_text.hpp"

#include <algorithm>
#include <vector>

#include "storage/files/utf8.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// C0, DEL, C1, and the line and paragraph separators.
bool controls(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20 || first == 0x7F) return true;
  if (character.size() == 2) {
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  }
  return character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9";
}

std::vector<std::size_t> starts_of_characters(const std::string& text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) starts.push_back(i);
  }
  return starts;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = storage::character_size(text);
    const std::string_view character =
        text.substr(0, std::max<std::size_t>(size, 1));
    if (size == 0) {
      out += kReplacement;
    } else if (controls(character)) {
      out += ' ';
    } else {
      out += character;
    }
    // A byte that begins no character goes alone: what follows may be sound
    // again.
    text.remove_prefix(character.size());
  }
  return out;
}

std::string beginning(const std::string& text, std::size_t n) {
  const auto starts = starts_of_characters(text);
  return starts.size() <= n ? text : text.substr(0, starts[n]);
}

std::string ending(const std::string& text, std::size_t n) {
  const auto starts = starts_of_characters(text);
  if (starts.size() <= n) return text;
  return n == 0 ? "" : text.substr(starts[starts.size() - n]);
}

std::string shortened(const std::string& text, std::size_t n) {
  const auto starts = starts_of_characters(text);
  if (starts.size() <= n || n < 5) return text;
  const std::size_t tail = (n - 3) / 2;
  const std::size_t head = n - 3 - tail;
  return text.substr(0, starts[head]) + "..." +
         text.substr(starts[starts.size() - tail]);
}

std::string file_name_part(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 64)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9');
    // A leading dot would hide the file.
    const bool sign = c == '-' || c == '_' || (c == '.' && !out.empty());
    out += letter || sign ? c : '_';
  }
  return out.empty() ? "_" : out;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace coxswain::analysis
