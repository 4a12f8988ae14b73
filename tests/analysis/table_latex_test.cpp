#include "analysis/forms/table_latex.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/occurrences.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

Table slopes() {
  return {"t",
          "A title",
          {{"behaviour"}, {"variant"}, {"content slope", 2}, {"n"}},
          {{std::string("a_1"), std::string("original"),
            Interval{-1, -1.5, 0.25}, std::int64_t{40}},
           {std::string("a_1"), std::string("encode"), Interval{NAN, NAN, NAN},
            std::int64_t{40}},
           {std::string("b"), std::string("original"), Interval{2, NAN, NAN},
            std::int64_t{8}}},
          {"50 % of it.", "More."}};
}

}  // namespace

TEST_CASE("the main table fits a column of a paper",
          "[analysis][table_latex]") {
  CHECK(to_latex_column(slopes()) ==
        "% \\usepackage{booktabs,tabularx}\n"
        "\\begin{table}\n"
        "\\caption{A title.}\n"
        "\\label{tab:t}\n"
        "\\footnotesize\\setlength{\\tabcolsep}{2pt}\n"
        "\\begin{tabularx}{\\columnwidth}{@{}"
        ">{\\raggedright\\arraybackslash\\hangindent=.4em}Xrr@{}}\n"
        "  \\toprule\n"
        "   & slope & $n$ \\\\\n"
        "  \\midrule\n"
        "  \\multicolumn{3}{@{}l@{}}{\\emph{a\\_1}} \\\\*\n"
        "  original & \\begin{tabular}[t]{@{}r@{}}$-1.0$\\\\"
        "\\scriptsize [$-1.5$,\\,$0.2$]\\end{tabular} & $40$ \\\\\n"
        "  encode & -- & $40$ \\\\\n"
        "  \\midrule\n"
        "  \\multicolumn{3}{@{}l@{}}{\\emph{b}} \\\\*\n"
        "  original & $2.00$ & $8$ \\\\\n"
        "  \\bottomrule\n"
        "\\end{tabularx}\n\n"
        "\\smallskip\n"
        "{\\scriptsize\\noindent 50 \\% of it. More.\\par}\n"
        "\\end{table}\n");
}

TEST_CASE("other tables go on over pages", "[analysis][table_latex]") {
  CHECK(to_latex(slopes()) ==
        "% \\usepackage{array,booktabs,longtable}\n"
        "{\\footnotesize\\setlength{\\tabcolsep}{3pt}"
        "\\setlength{\\LTcapwidth}{\\linewidth}\n"
        "\\begin{longtable}{@{}lrr@{}}\n"
        "\\caption{A title.}\\label{tab:t}\\\\\n"
        "  \\toprule\n"
        "  variant & \\begin{tabular}[b]{@{}r@{}}content\\\\slope"
        "\\end{tabular} & n \\\\\n"
        "  \\midrule\n"
        "\\endfirsthead\n"
        "  \\toprule\n"
        "  variant & \\begin{tabular}[b]{@{}r@{}}content\\\\slope"
        "\\end{tabular} & n \\\\\n"
        "  \\midrule\n"
        "\\endhead\n"
        "  \\bottomrule\n"
        "\\endfoot\n"
        "  \\multicolumn{3}{@{}l@{}}{\\emph{a\\_1}} \\\\*\n"
        "  original & $-1.0$ [$-1.5$, $0.2$] & $40$ \\\\\n"
        "  encode & -- & $40$ \\\\\n"
        "  \\addlinespace\n"
        "  \\multicolumn{3}{@{}l@{}}{\\emph{b}} \\\\*\n"
        "  original & $2.00$ & $8$ \\\\\n"
        "\\end{longtable}\n"
        "}\n"
        "{\\scriptsize\\noindent 50 \\% of it. More.\\par}\n");
}

TEST_CASE("columns that don't fit follow beside the names of rows",
          "[analysis][table_latex]") {
  Table table{"t", "T", {{"layer"}, {"variant"}}, {}, {}};
  table.columns.resize(20, {"column", 2});
  table.rows = {{std::int64_t{3}, std::string("original")}};
  table.rows[0].resize(20, Interval{0.5, 0.25, 0.75});
  const std::string latex = to_latex(table);
  const std::size_t parts = tests::occurrences(latex, "\\begin{longtable}");
  CHECK(parts > 2);
  CHECK(tests::occurrences(latex, "\\addtocounter{table}{-1}") == parts - 1);
  CHECK(tests::occurrences(latex, "\\label") == 1);
  CHECK(tests::occurrences(latex, "  $3$ & original & ") == parts);
  CHECK(tests::occurrences(latex, "$0.50$") == 18);
  CHECK_THAT(latex, Catch::Contains("T (1 of "));
}

TEST_CASE("a long title is cut for its caption", "[analysis][table_latex]") {
  Table table = slopes();
  table.title = std::string(400, 'x');
  CHECK(tests::occurrences(to_latex(table), "x") < 170);
  CHECK(tests::occurrences(to_latex_column(table), "x") < 170);
}

TEST_CASE("no cell ends a row, a table or the document",
          "[analysis][table_latex]") {
  const std::string hostile = "x} \\\\ & \\end{document}";
  const Table table{"t",
                    hostile,
                    {{hostile}, {hostile}},
                    {{hostile, hostile}, {hostile, hostile}},
                    {hostile}};
  for (const std::string& latex : {to_latex(table), to_latex_column(table)}) {
    CHECK_THAT(latex, !Catch::Contains("end{document}"));
    CHECK_THAT(latex,
               Catch::Contains("x\\} \\textbackslash{}\\textbackslash{} \\& "
                               "\\textbackslash{}end\\{document\\} \\\\\n"));
  }
}

TEST_CASE("a layer that a group's rows share is said once",
          "[analysis][table_latex]") {
  Table table{"t",
              "T",
              {{"behaviour"}, {"layer"}, {"n"}},
              {{std::string("a"), std::int64_t{15}, std::int64_t{40}},
               {std::string("a"), std::int64_t{15}, std::int64_t{41}}},
              {}};
  CHECK_THAT(to_latex_column(table),
             Catch::Contains("{\\emph{a}, layer $15$} \\\\*\n") &&
                 Catch::Contains("\n  $41$ \\\\\n"));
  table.rows[1][1] = std::int64_t{20};
  CHECK_THAT(to_latex_column(table), Catch::Contains("\n  $20$ & $41$"));
}
