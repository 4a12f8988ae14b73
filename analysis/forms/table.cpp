#include "analysis/forms/table.hpp"

#include <fmt/format.h>

#include <limits>

namespace coxswain::analysis {

TableCell count_cell(std::int64_t n) {
  if (n < 0) return std::numeric_limits<double>::quiet_NaN();
  return n;
}

Coverage cells_of(const Table& table) {
  Coverage all = table.cells;
  if (all.planned == 0) {
    for (const Coverage& row : table.coverage) all += row;
  }
  return all;
}

Table shortened(const Table& table, std::size_t most) {
  if (table.rows.size() <= most) return table;
  Table first = table;
  first.rows.resize(most);
  if (!first.made_of.empty()) first.made_of.resize(most);
  first.notes.insert(first.notes.begin(), fmt::format("the first {} of {} rows",
                                                      most, table.rows.size()));
  return first;
}

}  // namespace coxswain::analysis
