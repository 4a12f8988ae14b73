#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <string_view>

#include "analysis/forms/latex_cell.hpp"
#include "analysis/forms/latex_text.hpp"
#include "analysis/forms/table_latex.hpp"

namespace coxswain::analysis {
namespace {

// What a paper calls columns of ours, where a column of it is narrow.
struct ShortName {
  std::string_view name;
  const char* latex;
};
constexpr ShortName kShortNames[] = {
    {"content slope", "slope"},   {"clusters", "$G$"},  {"n", "$n$"},
    {"p vs 0 / original", "$p$"}, {"layer", "$\\ell$"}, {"variant", ""}};

std::string short_name(const TableColumn& column) {
  for (const ShortName& one : kShortNames) {
    if (one.name == column.name) return one.latex;
  }
  return latex_text(column.name);
}

std::string stacked(const TableCell& cell, const TableColumn& column) {
  const LatexParts parts = latex_parts(cell, column);
  if (parts.limits.empty()) return parts.estimate;
  std::string limits = parts.limits;
  for (std::size_t at = limits.find(", "); at != std::string::npos;
       at = limits.find(", ", at)) {
    limits.replace(at, 2, ",\\,");
  }
  return latex_stack({parts.estimate, "\\scriptsize " + limits}, 'r', 't');
}

// Whether a column's cells are alike in all rows of each group: it is said with
// the group's name then.
bool is_of_group(const Table& table, std::size_t column) {
  if (table.columns[column].name != "layer") return false;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    const auto& above = table.rows[r - 1];
    if (std::get<std::string>(row[0]) != std::get<std::string>(above[0])) {
      continue;
    }
    const TableColumn& kind = table.columns[column];
    if (latex_cell(row[column], kind) != latex_cell(above[column], kind)) {
      return false;
    }
  }
  return true;
}

// A table of a column, row after row.
class Writer {
 public:
  explicit Writer(const Table& table)
      : table_(table), grouped_(has_groups(table)) {
    for (std::size_t c = grouped_ ? 1 : 0; c < table.columns.size(); ++c) {
      if (grouped_ && is_of_group(table, c)) {
        of_group_.push_back(c);
      } else {
        columns_.push_back(c);
      }
    }
  }

  // Words take what is left of the width.
  std::string alignment() const {
    const auto wide = std::ranges::find_if(
        columns_, [&](std::size_t c) { return is_words(table_, c); });
    std::string out = "@{}";
    for (auto c = columns_.begin(); c != columns_.end(); ++c) {
      if (c == wide) {
        out += ">{\\raggedright\\arraybackslash\\hangindent=.4em}X";
      } else {
        out += is_words(table_, *c) ? 'l' : 'r';
      }
    }
    return out + "@{}";
  }

  std::string head() const {
    std::vector<std::string> cells;
    for (const std::size_t c : columns_) {
      cells.push_back(short_name(table_.columns[c]));
    }
    return line_of(cells);
  }

  std::string body() const {
    std::string out, group;
    if (!grouped_) out += "  \\midrule\n";
    for (const auto& row : table_.rows) {
      assert(row.size() == table_.columns.size());
      const std::string its = grouped_ ? group_of(row) : "";
      if (grouped_ && (&row == &table_.rows.front() || its != group)) {
        out += fmt::format(
            "  \\midrule\n  \\multicolumn{{{}}}{{@{{}}l@{{}}}}{{{}}} "
            "\\\\*\n",
            columns_.size(), its);
      }
      group = its;
      std::vector<std::string> cells;
      for (const std::size_t c : columns_) {
        cells.push_back(stacked(row[c], table_.columns[c]));
      }
      out += line_of(cells);
    }
    return out;
  }

 private:
  static std::string line_of(const std::vector<std::string>& cells) {
    return fmt::format("  {} \\\\\n", fmt::join(cells, " & "));
  }

  std::string group_of(const std::vector<TableCell>& row) const {
    std::string out =
        fmt::format("\\emph{{{}}}", latex_cell(row[0], table_.columns[0]));
    for (const std::size_t c : of_group_) {
      out += fmt::format(", {} {}", latex_text(table_.columns[c].name),
                         latex_cell(row[c], table_.columns[c]));
    }
    return out;
  }

  const Table& table_;
  bool grouped_;  // the first column stands above the rows that it names
  std::vector<std::size_t> of_group_, columns_;
};

}  // namespace

std::string to_latex_column(const Table& table) {
  const Writer writer(table);
  std::string out = "% \\usepackage{booktabs,tabularx}\n\\begin{table}\n";
  out += fmt::format("\\caption{{{}}}\n\\label{{tab:{}}}\n",
                     latex_caption(table), table.name);
  out += "\\footnotesize\\setlength{\\tabcolsep}{2pt}\n";
  out += fmt::format("\\begin{{tabularx}}{{\\columnwidth}}{{{}}}\n",
                     writer.alignment());
  return out + "  \\toprule\n" + writer.head() + writer.body() +
         "  \\bottomrule\n\\end{tabularx}\n\n\\smallskip\n" +
         latex_notes(table) + "\\end{table}\n";
}

}  // namespace coxswain::analysis
