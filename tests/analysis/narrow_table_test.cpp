#include "analysis/forms/narrow_table.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <variant>

using namespace coxswain::analysis;

namespace {

Table sample() {
  return {"t",
          "A title that is longer than all of the columns together",
          {{"name"}, {"value"}, {"p"}},
          {{"first", std::int64_t{12}, 0.5}},
          {"A note."}};
}

}  // namespace

TEST_CASE("a table that has room is as it is", "[analysis][narrow_table]") {
  // "  first     12  0.500"
  const Table table = narrowed(sample(), 21);
  CHECK(table.columns.size() == 3);
  CHECK(table.notes == sample().notes);
}

TEST_CASE("a table loses columns from the right and says which",
          "[analysis][narrow_table]") {
  const Table two = narrowed(sample(), 20);
  REQUIRE(two.columns.size() == 2);
  CHECK(two.rows[0].size() == 2);
  CHECK(two.notes.back() == "Not shown at this width: p.");
  const Table one = narrowed(sample(), 3);
  CHECK(one.columns.size() == 1);
  CHECK(one.notes.back() == "Not shown at this width: value, p.");
}

TEST_CASE("long texts lose their middle before numbers lose their column",
          "[analysis][narrow_table]") {
  Table table = sample();
  table.rows[0][0] = "a name that is thirty letters.";
  // "  a name ... letters.     12  0.500" at its shortest.
  const Table fits = narrowed(table, 36);
  CHECK(fits.columns.size() == 3);
  CHECK(std::get<std::string>(fits.rows[0][0]) == "a name th...letters.");
  CHECK(fits.notes == table.notes);
  const Table shortest = narrowed(table, 26);
  CHECK(shortest.columns.size() == 2);
  // There is room again.
  CHECK(std::get<std::string>(shortest.rows[0][0]).size() == 17);
}
