#include "analysis/forms/table_latex.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <string_view>

#include "analysis/forms/column_order.hpp"
#include "analysis/forms/latex_cell.hpp"
#include "analysis/forms/latex_text.hpp"

namespace coxswain::analysis {
namespace {

// Points of \footnotesize: what an article's text is wide, what stands between
// two columns, what a column of words has before it breaks its lines.
constexpr double kFits = 345;
constexpr double kBetween = 6;
constexpr double kMostWords = 110;

// How wide a sign is, about: Computer Modern at 8 points.
double width_of(char sign) {
  constexpr std::string_view kNarrow = ".,:;'()[]|il ";
  if (kNarrow.find(sign) != std::string_view::npos) return 2.5;
  if (sign == '-' || sign == '<' || sign == 'm' || sign == 'w') return 6.6;
  return std::isupper(static_cast<unsigned char>(sign)) != 0 ? 6 : 4.25;
}

// How wide LaTeX text is on paper, about: commands take no room.
double width_of(const std::string& latex) {
  double width = 0;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const auto byte = static_cast<unsigned char>(latex[i]);
    if (latex[i] == '\\') {
      while (i + 1 < latex.size() &&
             std::isalpha(static_cast<unsigned char>(latex[i + 1])) != 0) {
        ++i;
      }
    } else if (std::string_view("{}$").find(latex[i]) ==
                   std::string_view::npos &&
               (byte & 0xC0U) != 0x80) {
      width += width_of(latex[i]);
    }
  }
  return width;
}

// A header in lines, a word each where it is long.
std::vector<std::string> header_lines(const std::string& name) {
  constexpr std::size_t kShort = 8;
  if (name.size() <= kShort) return {latex_text(name)};
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find(' ', at), name.size());
    lines.push_back(latex_text(name.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

// A table in as many longtables as its columns need.
class Writer {
 public:
  explicit Writer(const Table& table)
      : table_(table), first_(has_groups(table) ? 1 : 0) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      double width = 0;
      for (const std::string& line : header_lines(table.columns[c].name)) {
        width = std::max(width, width_of(line));
      }
      for (const auto& row : table.rows) {
        assert(row.size() == table.columns.size());
        width = std::max(width, width_of(latex_cell(row[c], table.columns[c])));
      }
      widths_.push_back(width);
    }
  }

  // Columns of each longtable: those that name rows, and as many others as fit.
  std::vector<std::vector<std::size_t>> parts() const {
    const std::size_t keys =
        std::max(first_ + 1, std::min(n_keys(table_), table_.columns.size()));
    std::vector<std::size_t> names;
    double named = 0;
    for (std::size_t c = first_; c < keys && c < table_.columns.size(); ++c) {
      names.push_back(c);
      named += width(c);
    }
    std::vector<std::vector<std::size_t>> out = {names};
    double used = named;
    for (const std::size_t c : reading_order(table_)) {
      if (c < keys) continue;
      if (used + width(c) > kFits && out.back().size() > names.size()) {
        out.push_back(names);
        used = named;
      }
      out.back().push_back(c);
      used += width(c);
    }
    return out;
  }

  std::string longtable(const std::vector<std::size_t>& columns,
                        const std::string& more, bool labelled) const {
    // All parts of a table have its number.
    std::string out = labelled ? "" : "\\addtocounter{table}{-1}\n";
    out += fmt::format("\\begin{{longtable}}{{{}}}\n", alignment(columns));
    out += fmt::format(
        "\\caption{{{}}}{}\\\\\n", latex_caption(table_, more),
        labelled ? fmt::format("\\label{{tab:{}}}", table_.name) : "");
    const std::string head =
        "  \\toprule\n" + head_of(columns) + "  \\midrule\n";
    out += head + "\\endfirsthead\n" + head + "\\endhead\n" +
           "  \\bottomrule\n\\endfoot\n";
    const std::string* group = nullptr;
    for (const auto& row : table_.rows) {
      if (first_ > 0) {
        const auto& name = std::get<std::string>(row[0]);
        if (group == nullptr || *group != name) {
          out += group_of(name, columns.size(), group != nullptr);
        }
        group = &name;
      }
      out += row_of(row, columns);
    }
    return out + "\\end{longtable}\n";
  }

 private:
  bool wraps(std::size_t c) const {
    return is_words(table_, c) && widths_[c] > kMostWords;
  }
  double width(std::size_t c) const {
    return (wraps(c) ? kMostWords : widths_[c]) + kBetween;
  }

  std::string alignment(const std::vector<std::size_t>& columns) const {
    std::string out = "@{}";
    for (const std::size_t c : columns) {
      if (wraps(c)) {
        out += fmt::format(">{{\\raggedright\\arraybackslash}}p{{{:.0f}pt}}",
                           kMostWords);
      } else {
        out += is_words(table_, c) ? 'l' : 'r';
      }
    }
    return out + "@{}";
  }

  std::string head_of(const std::vector<std::size_t>& columns) const {
    std::vector<std::string> cells;
    for (const std::size_t c : columns) {
      cells.push_back(latex_stack(header_lines(table_.columns[c].name),
                                  is_words(table_, c) ? 'l' : 'r', 'b'));
    }
    return fmt::format("  {} \\\\\n", fmt::join(cells, " & "));
  }

  static std::string group_of(const std::string& name, std::size_t columns,
                              bool apart) {
    return fmt::format(
        "{}  \\multicolumn{{{}}}{{@{{}}l@{{}}}}{{\\emph{{{}}}}} \\\\*\n",
        apart ? "  \\addlinespace\n" : "", columns, latex_text(name));
  }

  std::string row_of(const std::vector<TableCell>& row,
                     const std::vector<std::size_t>& columns) const {
    std::vector<std::string> cells;
    for (const std::size_t c : columns) {
      cells.push_back(latex_cell(row[c], table_.columns[c]));
    }
    return fmt::format("  {} \\\\\n", fmt::join(cells, " & "));
  }

  const Table& table_;
  std::size_t first_;  // column that is not one of a group's name
  std::vector<double> widths_;
};

}  // namespace

std::string to_latex(const Table& table) {
  const Writer writer(table);
  const auto parts = writer.parts();
  std::string out =
      "% \\usepackage{array,booktabs,longtable}\n"
      "{\\footnotesize\\setlength{\\tabcolsep}{3pt}"
      "\\setlength{\\LTcapwidth}{\\linewidth}\n";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += writer.longtable(
        parts[i],
        parts.size() == 1 ? ""
                          : fmt::format(" ({} of {})", i + 1, parts.size()),
        i == 0);
  }
  return out + "}\n" + latex_notes(table);
}

}  // namespace coxswain::analysis
