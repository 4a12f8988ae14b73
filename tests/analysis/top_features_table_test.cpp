#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_falling_code;
using tests::shown;
using tests::toy_decomposition;

namespace {

storage::DecompositionRow scaled(double scale) {
  storage::DecompositionRow row = toy_decomposition(1, 0, "encode");
  row.scale = scale;
  return row;
}

storage::DecompositionRow kept(std::int32_t vector, const char* control) {
  storage::DecompositionRow row =
      toy_decomposition(vector, 0, "encode", control);
  row.b_dec_input = 0;
  return row;
}

}  // namespace

TEST_CASE("Table 1 has the vectors and zero, an SAE's own convention first",
          "[analysis][top_features_table]") {
  storage::Results results = tests::toy_results();
  add_falling_code(results, kept(-1, "zero"), {});
  add_falling_code(results, toy_decomposition(-1, 0, "encode", "zero"),
                   {7, 8, 9, 1, 2, 3});
  add_falling_code(results, scaled(1), {8, 7, 30, 31, 1, 3});
  add_falling_code(results, kept(1, "none"), {7});
  add_falling_code(results, scaled(0.5), {7, 8, 9, 2, 1});
  const Table table = tests::table_of(top_features_table, results);
  REQUIRE(table.rows.size() == 5);
  const std::vector<std::vector<std::string>> expected{
      {"zero vector", "own", "1.0", "5"},
      {"kind", "own", "0.5", "5"},
      {"kind", "own", "1.0", "3"},
      {"zero vector", "other", "1.0", "0"},
      {"kind", "other", "1.0", "0"}};
  for (std::size_t row = 0; row < expected.size(); ++row) {
    CHECK(shown(table, row, "vector") == expected[row][0]);
    CHECK(shown(table, row, "b_dec") == expected[row][1]);
    CHECK(shown(table, row, "scale") == expected[row][2]);
    CHECK(shown(table, row, "shared with zero") == expected[row][3]);
  }
  CHECK(shown(table, 2, "top 5") == "8=9.50 7=8.50 30=7.50 31=6.50 1=5.50");
  CHECK(tests::features_named(table, 2) ==
        std::vector<std::string>{"top 5: 8 7 30 31 1"});
  CHECK(shown(table, 3, "top 5") == "none");
  CHECK(shown(table, 4, "active") == "4");
}

TEST_CASE("Table 1 has neither other methods nor controls",
          "[analysis][top_features_table]") {
  storage::Results results = tests::toy_results();
  add_falling_code(results, toy_decomposition(1, 0, "omp"), {1});
  add_falling_code(results, toy_decomposition(1, 0, "encode", "random", 0),
                   {1});
  add_falling_code(results, toy_decomposition(1, 0, "encode", "sparse", 0),
                   {1});
  storage::DecompositionRow added = scaled(1);
  added.b_dec_output = 1;
  add_falling_code(results, scaled(1), {1});
  add_falling_code(results, added, {1});
  const Table table = tests::table_of(top_features_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "b_dec") == "own");
  // No zero vector to compare with.
  CHECK(shown(table, 0, "shared with zero") == "-");
}

TEST_CASE("Table 1 shows what was not computed as missing",
          "[analysis][top_features_table]") {
  storage::Results results = tests::toy_results();
  storage::DecompositionRow row = toy_decomposition(1, 0, "encode");
  row.n_atoms = -1;
  row.cosine = NAN;
  add_falling_code(results, toy_decomposition(-1, 0, "encode", "zero"), {1});
  add_falling_code(results, row, {});
  const Table table = tests::table_of(top_features_table, results);
  for (const char* column : {"top 5", "active", "shared with zero", "cosine"}) {
    CHECK(shown(table, 1, column) == "-");
  }
}
