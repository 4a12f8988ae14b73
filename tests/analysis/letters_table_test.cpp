#include "analysis/report.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("the letter part of a vector is what its imbalance adds",
          "[analysis][letters_table]") {
  storage::Results results = tests::toy_results();
  // Balanced (3, 0), letter (0, 8): v = (3, 0) + (3 - 1) / 4 (0, 8) = (3, 4).
  storage::VectorRow& row = results.vectors[0];
  row.n_matching_a = 3;
  row.n_matching_b = 1;
  row.norm = 5;
  row.letter_norm = 8;
  row.letter_cosine = 0.8;
  const Table table = tests::table_of(letters_table, results);
  REQUIRE(table.rows.size() == 1);  // the others have no letters
  CHECK(tests::shown(table, 0, "share of imbalance") == "0.800");
  CHECK(tests::shown(table, 0, "cosine to balanced") == "0.600");
}
