#include "tests/support/pages.hpp"

#include <sstream>

#include "tests/support/scratch.hpp"

namespace coxswain::tests {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// A | between backticks parts no cells.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  bool code = false;
  for (const char c : line.substr(1)) {
    if (c == '`') code = !code;
    if (c == '|' && !code) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  cells.pop_back();
  for (std::string& cell : cells) cell = trimmed(cell);
  return cells;
}

}  // namespace

std::string page(const std::string& path) {
  return read_file(std::string(COXSWAIN_SOURCE_DIR) + "/" + path);
}

std::vector<std::string> code_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find('`'); at != std::string::npos;) {
    const std::size_t end = text.find('`', at + 1);
    if (end == std::string::npos) break;
    words.push_back(text.substr(at + 1, end - at - 1));
    at = text.find('`', end + 1);
  }
  return words;
}

std::vector<std::vector<std::string>> table_rows(const std::string& page,
                                                 const std::string& heading) {
  const std::string rank = heading.substr(0, heading.find(' ') + 1);
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(page);
  std::string line;
  bool inside = heading.empty();
  while (std::getline(lines, line)) {
    if (!heading.empty() && line.starts_with(rank)) inside = line == heading;
    if (inside && line.starts_with("|") && !line.starts_with("|--")) {
      rows.push_back(cells_of(line));
    }
  }
  return rows;
}

}  // namespace coxswain::tests
