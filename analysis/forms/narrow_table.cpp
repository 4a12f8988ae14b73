#include "analysis/forms/narrow_table.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "analysis/forms/table_text.hpp"

namespace coxswain::analysis {
namespace {

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

}  // namespace

Table narrowed(const Table& table, std::size_t width) {
  Table out = table;
  std::string dropped;
  while (out.columns.size() > 1 && width_of(out) > width) {
    const std::string separator = dropped.empty() ? "" : ", ";
    dropped = out.columns.back().name + separator + dropped;
    out.columns.pop_back();
    for (auto& row : out.rows) row.pop_back();
  }
  if (!dropped.empty()) {
    out.notes.push_back("Not shown at this width: " + dropped + ".");
  }
  return out;
}

}  // namespace coxswain::analysis
