#include "analysis/forms/table.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table_latex.hpp"
#include "analysis/forms/table_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/report.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

Table small_table() {
  return {
      "t",
      "A title",
      {{"name"}, {"n"}, {"slope", 2}},
      {{std::string("a, \"b\""), std::int64_t{3}, Interval{1, 0.5, 1.25}},
       {std::string("a, \"b\""), std::int64_t{40}, Interval{NAN, NAN, NAN}}},
      {"a note"}};
}

}  // namespace

TEST_CASE("a table is aligned for people", "[analysis][table]") {
  CHECK(to_text(small_table()) ==
        "A title\n"
        "  name     n              slope\n"
        "  a, \"b\"   3  1.00 [0.50, 1.25]\n"
        "          40                  -\n"
        "  a note\n");
}

TEST_CASE("a table as CSV has every digit and quotes", "[analysis][table]") {
  CHECK(to_csv(small_table()) ==
        "name,n,slope,slope low,slope high\n"
        "\"a, \"\"b\"\"\",3,1,0.5,1.25\n"
        "\"a, \"\"b\"\"\",40,,,\n");
}

TEST_CASE("a count that was not made is missing", "[analysis][table]") {
  const Table table{"t", "A title", {{"n"}}, {{count_cell(-1)}}, {}};
  CHECK(to_text(table) == "A title\n  n\n  -\n");
  CHECK(to_csv(table) == "n\n\n");
  CHECK(std::get<std::int64_t>(count_cell(0)) == 0);
}

TEST_CASE("a report has no table without rows", "[analysis][table]") {
  const storage::Results nothing;
  CHECK(make_report({nothing}).empty());
  storage::Results a_vector;
  a_vector.vectors.resize(1);
  const std::vector<Table> report = make_report({a_vector});
  REQUIRE(report.size() == 1);
  CHECK(report[0].name == "norms");
  CHECK(completeness(nothing).empty());
  storage::Results partial;
  partial.cells = {{1, 1, 0, 0, 0}, {1, 2, 0, 2, 0}};
  CHECK_THAT(completeness(partial), Catch::StartsWith("1 of 2 cells"));
}

TEST_CASE("a long table is shortened with a note", "[analysis][table]") {
  Table table = small_table();
  const std::size_t n = table.rows.size();
  CHECK(shortened(table, n).notes == table.notes);
  const Table first = shortened(table, 1);
  CHECK(first.rows.size() == 1);
  CHECK(first.notes[0] == "the first 1 of " + std::to_string(n) + " rows");
}

TEST_CASE("a small probability is said to be small", "[analysis][table]") {
  Table table;
  table.columns = {{"p", 3, NumberKind::probability}, {"slope", 3}};
  table.rows = {{0.0001, 0.0001}, {0.001, Interval{2, NAN, NAN}}, {0.5, 1.0}};
  const std::string text = to_text(table);
  CHECK_THAT(text, Catch::Contains("<0.001  0.000\n"));
  CHECK_THAT(text, Catch::Contains(" 0.001  2.000\n"));
  CHECK_THAT(to_csv(table), Catch::Contains("0.0001,"));
  CHECK_THAT(to_latex(table), Catch::Contains("$<0.001$ & $0.000$"));
}
