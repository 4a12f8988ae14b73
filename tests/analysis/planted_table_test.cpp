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
         std::int32_t planted, std::int32_t recovered, std::int32_t with_sign) {
  row.planted = planted;
  row.recovered = recovered;
  row.recovered_signs = with_sign;
  results.decompositions.push_back(row);
}

}  // namespace

TEST_CASE("shares are means over vectors, the best method first",
          "[analysis][planted_table]") {
  storage::Results results = tests::toy_results();
  add(results, toy_decomposition(1, 0, "encode", "sparse", 0), 8, 2, 1);
  add(results, toy_decomposition(3, 0, "encode", "sparse", 0), 8, 4, 1);
  add(results, toy_decomposition(1, 0, "omp", "sparse", 0), 8, 8, 8);
  add(results, toy_decomposition(1, 0, "encode", "decoder-row", 0), 1, 1, 1);
  add(results, toy_decomposition(0, 1, "encode", "sparse", 0), 8, 1, 1);
  add(results, toy_decomposition(1, 0, "encode"), -1, -1, -1);
  results.decompositions[1].cosine = NAN;
  const Table table = tests::table_of(planted_table, results);
  REQUIRE(table.rows.size() == 3);
  CHECK(shown(table, 0, "SAE") == "late");
  CHECK(shown(table, 0, "method") == "omp");
  CHECK(shown(table, 0, "sparse recovered") == "1.000");
  CHECK(shown(table, 0, "decoder-row recovered") == "-");
  CHECK(shown(table, 0, "decoder-row vectors") == "0");
  CHECK(shown(table, 1, "method") == "encode");
  CHECK(shown(table, 1, "sparse recovered") == "0.375");
  CHECK(shown(table, 1, "sparse right sign") == "0.125");
  CHECK(shown(table, 1, "sparse vectors") == "2");
  CHECK(shown(table, 1, "sparse cosine") == "0.500");
  CHECK(shown(table, 1, "decoder-row recovered") == "1.000");
  CHECK(shown(table, 2, "SAE") == "early");
}

TEST_CASE("what was not computed counts for nothing and comes last",
          "[analysis][planted_table]") {
  storage::Results results = tests::toy_results();
  storage::DecompositionRow missing =
      toy_decomposition(1, 0, "lasso", "sparse", 0);
  missing.n_atoms = -1;
  add(results, missing, -1, -1, -1);
  add(results, toy_decomposition(1, 0, "encode", "sparse", 0), 8, 0, 0);
  const Table table = tests::table_of(planted_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(shown(table, 0, "sparse recovered") == "0.000");
  CHECK(shown(table, 1, "method") == "lasso");
  CHECK(shown(table, 1, "sparse recovered") == "-");
  CHECK(shown(table, 1, "sparse vectors") == "0");
}

TEST_CASE("a sweep without known answers has no such table",
          "[analysis][planted_table]") {
  storage::Results results = tests::toy_results();
  add(results, toy_decomposition(1, 0, "encode"), -1, -1, -1);
  CHECK(tests::table_of(planted_table, results).rows.empty());
}
