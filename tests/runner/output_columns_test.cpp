#include "runner/base/output_columns.hpp"

#include <catch2/catch.hpp>

using coxswain::runner::output_columns;

TEST_CASE("COLUMNS comes before the terminal", "[runner][output_columns]") {
  CHECK(output_columns("120", 100) == 120);
  CHECK(output_columns(nullptr, 100) == 100);
  CHECK(output_columns(nullptr, 0) == 80);
}

TEST_CASE("what is no width does not count", "[runner][output_columns]") {
  CHECK(output_columns("", 0) == 80);
  CHECK(output_columns("wide", 100) == 100);
  CHECK(output_columns("12x", 0) == 80);
  CHECK(output_columns("0", 100) == 100);
  CHECK(output_columns("-5", 100) == 100);
  CHECK(output_columns("99999999999999999999999", 100) == 100);
  CHECK(output_columns("7", 0) == 40);
}
