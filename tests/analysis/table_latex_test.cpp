#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table.hpp"
#include "analysis/forms/table_text.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("a table for a paper has rules, a caption and numbers in math",
          "[analysis][table_latex]") {
  const Table table{
      "t",
      "A title",
      {{"name"}, {"--"}, {"slope", 2}, {"x", 1}},
      {{std::string("a_1"), std::int64_t{-3}, Interval{-1, -1.5, 0.25}, 1.25},
       {std::string("a_1"), std::int64_t{40}, Interval{NAN, NAN, NAN}, NAN}},
      {"50 % of it.", "More."}};
  CHECK(to_latex(table) ==
        "% \\usepackage{booktabs,graphicx}\n"
        "\\begin{table}\n"
        "\\centering\n"
        "\\small\n"
        "\\caption{A title. 50 \\% of it. More.}\n"
        "\\label{tab:t}\n"
        "\\smallskip\n"
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}"
        "{%\n"
        "\\begin{tabular}{lrrr}\n"
        "  \\toprule\n"
        "  name & -{}- & slope & x \\\\\n"
        "  \\midrule\n"
        "  a\\_1 & $-3$ & $-1.0$ [$-1.5$, $0.2$] & $1.2$ \\\\\n"
        "   & $40$ & -- & -- \\\\\n"
        "  \\bottomrule\n"
        "\\end{tabular}}\n"
        "\\end{table}\n");
}

TEST_CASE("a wide table takes both columns of a page",
          "[analysis][table_latex]") {
  Table table{"t", "", {}, {{}}, {}};
  table.columns.resize(7, {"c"});
  table.rows[0].resize(7, 0.5);
  CHECK_THAT(to_latex(table), Catch::Contains("\\begin{table*}") &&
                                  Catch::Contains("\\end{table*}"));
}

TEST_CASE("no cell ends a row, a table or the document",
          "[analysis][table_latex]") {
  const std::string hostile = "x} \\\\ & \\end{document}";
  const Table table{"t", hostile, {{hostile}}, {{hostile}}, {hostile}};
  const std::string latex = to_latex(table);
  CHECK_THAT(latex, !Catch::Contains("end{document}"));
  CHECK_THAT(latex,
             Catch::Contains("\n  x\\} \\textbackslash{}\\textbackslash{} \\& "
                             "\\textbackslash{}end\\{document\\} \\\\\n"));
}
