#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;
using tests::toy_decomposition;

namespace {

void add(storage::Results& results, storage::DecompositionRow row,
         double cosine) {
  row.cosine = cosine;
  results.decompositions.push_back(row);
}

storage::DecompositionRow pursuit(std::int32_t vector, double atoms) {
  storage::DecompositionRow row = toy_decomposition(vector, 0, "omp");
  row.parameter = atoms;
  return row;
}

}  // namespace

TEST_CASE("each method stands beside what it makes of noise",
          "[analysis][decomposition_methods_table]") {
  storage::Results results = tests::toy_results();
  add(results, toy_decomposition(1, 0, "encode"), 0.9);
  add(results, toy_decomposition(1, 0, "lasso"), 0.8);
  add(results, toy_decomposition(1, 0, "encode", "random", 0), 0.2);
  add(results, toy_decomposition(1, 0, "encode", "random", 1), 0.4);
  add(results, toy_decomposition(1, 0, "encode", "random", 2), NAN);
  add(results, toy_decomposition(3, 0, "encode", "random", 0), 0.7);
  add(results, toy_decomposition(1, 0, "lasso", "shuffled", 0), 0.6);
  const Table table = tests::table_of(decomposition_methods_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(shown(table, 0, "method") == "encode");
  CHECK(shown(table, 0, "cosine") == "0.900");
  CHECK(shown(table, 0, "random cosine") == "0.300");
  CHECK(shown(table, 0, "shuffled cosine") == "-");
  CHECK(shown(table, 1, "random cosine") == "-");
  CHECK(shown(table, 1, "shuffled cosine") == "0.600");
  CHECK_THROWS_AS(shown(table, 0, "covariance cosine"), std::out_of_range);
}

TEST_CASE("methods are at scale 1 by the SAE's convention, nothing added",
          "[analysis][decomposition_methods_table]") {
  storage::Results results = tests::toy_results();
  storage::DecompositionRow row = toy_decomposition(1, 0, "encode");
  row.b_dec_input = 0;
  add(results, row, 0.1);
  row = toy_decomposition(1, 0, "encode");
  row.b_dec_output = 1;
  add(results, row, 0.2);
  row = toy_decomposition(1, 0, "encode");
  row.scale = 2;
  add(results, row, 0.3);
  add(results, toy_decomposition(1, 0, "encode"), 0.4);
  add(results, toy_decomposition(-1, 0, "encode", "zero"), NAN);
  const Table table = tests::table_of(decomposition_methods_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(shown(table, 0, "cosine") == "0.400");
  CHECK(shown(table, 0, "b_dec") == "own");
  CHECK(shown(table, 0, "atoms") == "4");
}

TEST_CASE("rows go by behaviour and SAE, methods as in the sweep",
          "[analysis][decomposition_methods_table]") {
  storage::Results results = tests::toy_results();
  for (const std::int32_t vector : {3, 1}) {
    add(results, pursuit(vector, 32), 0.5);
    add(results, pursuit(vector, 8), 0.5);
    add(results, toy_decomposition(vector, 0, "encode"), 0.5);
  }
  const Table table = tests::table_of(decomposition_methods_table, results);
  REQUIRE(table.rows.size() == 6);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "method") == "omp:32");
  CHECK(shown(table, 1, "method") == "omp:8");
  CHECK(shown(table, 2, "method") == "encode");
  CHECK(shown(table, 3, "behaviour") == "curt");
}
