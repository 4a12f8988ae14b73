#include "analysis/table.hpp"

#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("a report of nothing is tables without rows", "[analysis][table]") {
  const storage::Results nothing;
  for (const Table& table : make_report(nothing)) {
    CHECK(table.rows.empty());
    CHECK_FALSE(to_text(table).empty());
  }
  CHECK(completeness(nothing).empty());
  storage::Results partial;
  partial.cells = {{1, 1, 0, 0, 0}, {1, 2, 0, 2, 0}};
  CHECK_THAT(completeness(partial), Catch::StartsWith("1 of 2 cells"));
}
