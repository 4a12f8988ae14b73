#include "analysis/forms/latex_cell.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/latex_text.hpp"
#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

// Two lines of a page of an article, with the table's number.
constexpr std::size_t kCaption = 150;

auto speller(const TableColumn& digits) {
  return [digits](double value) -> std::string {
    if (std::isnan(value)) return "--";
    if (std::isinf(value)) return value < 0 ? "$-\\infty$" : "$\\infty$";
    return fmt::format("${}$", decimal_text(value, digits));
  };
}

}  // namespace

std::string latex_cell(const TableCell& cell, const TableColumn& column) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return speller(column)(*number);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return fmt::format("${}$", *whole);
  }
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return interval_text(*interval, speller(digits_of(*interval, column)));
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) {
    return ratio_text(*ratio, speller(digits_of(limits_of(*ratio), column)),
                      {"$\\geq$ ", "$\\leq$ "});
  }
  return latex_text(std::get<std::string>(cell));
}

LatexParts latex_parts(const TableCell& cell, const TableColumn& column) {
  const std::string whole = latex_cell(cell, column);
  const bool limits = std::holds_alternative<Interval>(cell) ||
                      std::holds_alternative<RatioSet>(cell);
  const std::size_t space = whole.find(' ');
  if (!limits || space == std::string::npos) return {whole, ""};
  return {whole.substr(0, space), whole.substr(space + 1)};
}

std::string latex_stack(const std::vector<std::string>& lines, char alignment,
                        char at) {
  if (lines.size() == 1) return lines[0];
  return fmt::format("\\begin{{tabular}}[{}]{{@{{}}{}@{{}}}}{}\\end{{tabular}}",
                     at, alignment, fmt::join(lines, "\\\\"));
}

bool is_words(const Table& table, std::size_t column) {
  return !table.rows.empty() &&
         std::holds_alternative<std::string>(table.rows[0][column]);
}

bool has_groups(const Table& table) {
  if (table.columns.size() < 2 || !is_words(table, 0)) return false;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto* text = std::get_if<std::string>(&table.rows[r][0]);
    const auto* above = std::get_if<std::string>(&table.rows[r - 1][0]);
    if (text != nullptr && above != nullptr && *text == *above) return true;
  }
  return false;
}

std::string latex_caption(const Table& table, const std::string& more) {
  const std::string title =
      latex_text(shortened(one_line(table.title), kCaption - more.size()));
  return fmt::format("{}{}.", title, latex_text(more));
}

std::string latex_notes(const Table& table) {
  if (table.notes.empty()) return "";
  std::string out = "{\\scriptsize\\noindent";
  for (const std::string& note : table.notes) out += " " + latex_text(note);
  return out + "\\par}\n";
}

}  // namespace coxswain::analysis
