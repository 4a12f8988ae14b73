#include "analysis/forms/narrow_table.hpp"

#include <catch2/catch.hpp>

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
