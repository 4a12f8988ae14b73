#include "analysis/forms/narrow_table.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <variant>

#include "analysis/forms/plain_text.hpp"
#include "analysis/forms/table_text.hpp"

namespace coxswain::analysis {
namespace {

// Texts lose their middle before numbers lose their column, but not more.
constexpr std::size_t kShortestText = 17, kLongestText = 64;  // characters

// Of its longest row, or of the row of names.
std::size_t width_of(const Table& table) {
  const Table bare{"", "", table.columns, table.rows, {}};
  std::istringstream lines(to_text(bare));
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, line.size());
  }
  return widest;
}

// The table with texts of at most so many characters.
Table with_texts(const Table& table, std::size_t most) {
  Table out = table;
  for (auto& row : out.rows) {
    for (TableCell& cell : row) {
      if (auto* text = std::get_if<std::string>(&cell)) {
        *text = shortened(*text, most);
      }
    }
  }
  return out;
}

}  // namespace

Table narrowed(const Table& table, std::size_t width) {
  if (width_of(table) <= width) return table;
  Table out = table;
  std::string dropped;
  while (out.columns.size() > 1 &&
         width_of(with_texts(out, kShortestText)) > width) {
    const std::string separator = dropped.empty() ? "" : ", ";
    dropped = out.columns.back().name + separator + dropped;
    out.columns.pop_back();
    for (auto& row : out.rows) row.pop_back();
  }
  // Texts are as long as there is room for.
  std::size_t most = kLongestText;
  while (most > kShortestText && width_of(with_texts(out, most)) > width) {
    --most;
  }
  out = with_texts(out, most);
  if (!dropped.empty()) {
    out.notes.push_back("Not shown at this width: " + dropped + ".");
  }
  return out;
}

}  // namespace coxswain::analysis
