#include "analysis/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace coxswain::analysis {
namespace {

std::string text_of(const TableCell& cell, int decimals) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isnan(*number) ? "-" : fmt::format("{:.{}f}", *number, decimals);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return std::to_string(*whole);
  }
  return std::get<std::string>(cell);
}

std::string csv_of(const TableCell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isnan(*number) ? "" : fmt::format("{}", *number);
  }
  std::string text = text_of(cell, 0);
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string to_text(const Table& table) {
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> rows(1);
  for (const TableColumn& column : table.columns) {
    rows[0].push_back(column.name);
  }
  for (const auto& row : table.rows) {
    rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      rows.back().push_back(text_of(row[c], table.columns[c].decimals));
    }
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
      const bool words =
          !table.rows.empty() &&
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
    out += (c > 0 ? "," : "") + csv_of(table.columns[c].name);
  }
  out += "\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      out += (c > 0 ? "," : "") + csv_of(row[c]);
    }
    out += "\n";
  }
  return out;
}

}  // namespace coxswain::analysis
