#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/latex_text.hpp"
#include "analysis/forms/table_text.hpp"

namespace coxswain::analysis {
namespace {

// What fits into one column of a paper of two; wider ones take both.
constexpr std::size_t kNarrow = 6;

std::string latex_of(const TableCell& cell, const TableColumn& column) {
  const auto speller = [](const TableColumn& digits) {
    return [digits](double value) -> std::string {
      if (std::isnan(value)) return "--";
      if (std::isinf(value)) return value < 0 ? "$-\\infty$" : "$\\infty$";
      return fmt::format("${}$", decimal_text(value, digits));
    };
  };
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

// How columns are aligned: words to the left, numbers to the right.
std::string alignment(const Table& table) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const bool words = !table.rows.empty() &&
                       std::holds_alternative<std::string>(table.rows[0][c]);
    out += words ? 'l' : 'r';
  }
  return out;
}

std::string line_of(const std::vector<std::string>& cells) {
  return fmt::format("  {} \\\\\n", fmt::join(cells, " & "));
}

std::string body_of(const Table& table) {
  std::vector<std::string> cells;
  for (const TableColumn& column : table.columns) {
    cells.push_back(latex_text(column.name));
  }
  std::string out = "  \\toprule\n" + line_of(cells) + "  \\midrule\n";
  std::string above;
  for (const auto& row : table.rows) {
    assert(!row.empty() && row.size() == table.columns.size());
    cells.clear();
    for (std::size_t c = 0; c < row.size(); ++c) {
      cells.push_back(latex_of(row[c], table.columns[c]));
    }
    const std::string first = cells[0];
    if (first == above) cells[0].clear();
    above = first;
    out += line_of(cells);
  }
  return out + "  \\bottomrule\n";
}

}  // namespace

std::string to_latex(const Table& table) {
  const char* environment =
      table.columns.size() <= kNarrow ? "table" : "table*";
  std::string notes;
  for (const std::string& note : table.notes) {
    notes += (notes.empty() ? "" : " ") + latex_text(note);
  }
  std::string out = "% \\usepackage{booktabs,graphicx}\n";
  out += fmt::format("\\begin{{{}}}\n\\centering\n\\small\n", environment);
  out += fmt::format("\\caption{{{}.{}{}}}\n", latex_text(table.title),
                     notes.empty() ? "" : " ", notes);
  out += fmt::format("\\label{{tab:{}}}\n", table.name);
  // What is wider than the paper is made smaller, and nothing else is.
  out +=
      "\\smallskip\n"
      "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
      "\n";
  out += fmt::format("\\begin{{tabular}}{{{}}}\n{}\\end{{tabular}}}}\n",
                     alignment(table), body_of(table));
  return out + fmt::format("\\end{{{}}}\n", environment);
}

}  // namespace coxswain::analysis
