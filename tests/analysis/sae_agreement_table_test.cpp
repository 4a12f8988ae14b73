#include "analysis/report.hpp"

#include <catch2/catch.hpp>
#include <span>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("SAEs of a vector are compared with each other",
          "[analysis][sae_agreement_table]") {
  storage::Results results = tests::toy_results();
  results.models.resize(1);
  results.models[0].d_model = 2;
  results.decompositions = {
      tests::toy_decomposition(0, 0, "encode"),
      tests::toy_decomposition(0, 1, "encode"),
      tests::toy_decomposition(0, 1, "omp"),                   // another method
      tests::toy_decomposition(0, 1, "encode", "random", 0)};  // another vector
  results.arrays["reconstructions"] = storage::make_array(
      std::span<const float>(std::vector<float>{1, 0, 3, 4, 9, 9, 9, 9}),
      {4, 2});
  const Table table = tests::table_of(sae_agreement_table, results);
  REQUIRE(table.rows.size() == 1);
  CHECK(tests::shown(table, 0, "SAE") == "late");
  CHECK(tests::shown(table, 0, "other SAE") == "early");
  CHECK(tests::shown(table, 0, "cosine") == "0.600");
}
