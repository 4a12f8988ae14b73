#include "analysis/forms/table_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

// How a column spells its numbers.
auto speller(const TableColumn& column) {
  return [column](double value) {
    return std::isnan(value) ? "-" : decimal_text(value, column);
  };
}

std::string text_of(const TableCell& cell, const TableColumn& column) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return speller(column)(*number);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return std::to_string(*whole);
  }
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return interval_text(*interval, speller(digits_of(*interval, column)));
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) {
    return ratio_text(*ratio, speller(digits_of(limits_of(*ratio), column)));
  }
  return std::get<std::string>(cell);
}

std::string csv_number(double value) {
  return std::isnan(value) ? "" : fmt::format("{}", value);
}

std::string csv_interval(const Interval& interval) {
  return csv_number(interval.estimate) + "," + csv_number(interval.low) + "," +
         csv_number(interval.high);
}

std::string csv_of(const TableCell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return csv_number(*number);
  }
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return csv_interval(*interval);
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) {
    return csv_interval(limits_of(*ratio)) + "," +
           csv_field(shape_name(ratio->shape));
  }
  return csv_field(text_of(cell, {}));
}

}  // namespace

std::string to_text(const Table& table) {
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> rows(1);
  for (const TableColumn& column : table.columns) {
    rows[0].push_back(column.name);
  }
  for (const auto& row : table.rows) {
    assert(row.size() == table.columns.size());
    rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      rows.back().push_back(text_of(row[c], table.columns[c]));
    }
  }
  // From below: a row is compared with one that is still whole.
  for (std::size_t r = rows.size() - 1; r > 1; --r) {
    if (rows[r][0] == rows[r - 1][0]) rows[r][0].clear();
  }
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, row[c].size());
    widths.push_back(width);
  }
  std::string out = table.title + "\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      // Words to the left, numbers to the right.
      const bool words = !table.rows.empty() &&
                         std::holds_alternative<std::string>(table.rows[0][c]);
      line += words ? fmt::format("  {:<{}}", rows[r][c], widths[c])
                    : fmt::format("  {:>{}}", rows[r][c], widths[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  for (const std::string& note : table.notes) out += "  " + note + "\n";
  return out;
}

std::string to_csv(const Table& table) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string& name = table.columns[c].name;
    out += (c > 0 ? "," : "") + csv_field(name);
    if (table.rows.empty()) continue;
    const bool ratio = std::holds_alternative<RatioSet>(table.rows[0][c]);
    if (ratio || std::holds_alternative<Interval>(table.rows[0][c])) {
      out += "," + csv_field(name + " low") + "," + csv_field(name + " high");
    }
    if (ratio) out += "," + csv_field(name + " set");
  }
  out += "\n";
  for (const auto& row : table.rows) {
    assert(row.size() == table.columns.size());
    for (std::size_t c = 0; c < row.size(); ++c) {
      out += (c > 0 ? "," : "") + csv_of(row[c]);
    }
    out += "\n";
  }
  return out;
}

}  // namespace coxswain::analysis
