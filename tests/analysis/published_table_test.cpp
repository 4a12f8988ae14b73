#include <catch2/catch.hpp>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

namespace {

// Results of the paper's model, and its kind of SAE: "late" is at layer 14.
storage::Results gemma() {
  storage::Results results = tests::toy_results();
  storage::ModelRow model;
  model.family = {"gemma2"};
  model.n_layers = 26;
  model.d_model = 2304;
  results.models = {model};
  results.saes[0].layer = 14;
  results.saes[0].d_sae = 16384;
  results.behaviours[0].name = {"sycophancy"};
  return results;
}

storage::DecompositionRow zero(std::uint8_t b_dec_input) {
  storage::DecompositionRow row =
      tests::toy_decomposition(-1, 0, "encode", "zero");
  row.b_dec_input = b_dec_input;
  return row;
}

}  // namespace

TEST_CASE("published values stand beside ours, the best convention first",
          "[analysis][published_table]") {
  storage::Results results = gemma();
  // The SAE's own convention misses; the other one hits but for a rounding.
  tests::add_code(results, zero(1), {{4888, 86.2}, {7, 3}});
  tests::add_code(
      results, zero(0),
      {{4888, 89.06}, {15603, 35.94}, {7589, 19.79}, {15471, 11.84}, {9, 1}});
  tests::add_code(results, tests::toy_decomposition(1, 0, "encode"),
                  {{4888, 90.9}, {15603, 36.69}});
  tests::add_code(results, tests::toy_decomposition(3, 0, "encode"),
                  {{1, 1}});  // "curt"
  const Table table = tests::table_of(published_table, results);
  REQUIRE(table.rows.size() == 3);
  CHECK(shown(table, 0, "vector") == "zero vector");
  CHECK(shown(table, 0, "b_dec") == "other");
  CHECK(shown(table, 0, "ids of 5") == "4");
  CHECK(shown(table, 0, "difference") == "0.01");
  CHECK(shown(table, 0, "published") ==
        "4888=89.06 15603=35.94 7589=19.80 15471=11.84 2350=10.74");
  CHECK(shown(table, 1, "b_dec") == "own");
  CHECK(shown(table, 1, "difference") == "2.86");
  CHECK(shown(table, 2, "vector") == "sycophancy");
  CHECK(shown(table, 2, "ids of 5") == "2");
  CHECK(shown(table, 2, "difference") == "0.00");
  CHECK(tests::features_named(table, 1) ==
        std::vector<std::string>{"published: 4888 15603 7589 15471 2350",
                                 "ours: 4888 7"});
}

TEST_CASE("they are of one model and one kind of SAE",
          "[analysis][published_table]") {
  const auto rows = [](const auto& change) {
    storage::Results results = gemma();
    tests::add_code(results, zero(1), {{4888, 89.06}});
    change(results);
    return tests::table_of(published_table, results).rows.size();
  };
  CHECK(rows([](auto&) {}) == 1);
  CHECK(rows([](auto& r) { r.saes[0].layer = 13; }) == 0);
  CHECK(rows([](auto& r) { r.saes[0].d_sae = 65536; }) == 0);
  CHECK(rows([](auto& r) { r.models[0].d_model = 3584; }) == 0);
  CHECK(rows([](auto& r) { r.models[0].family = {"gemma3"}; }) == 0);
  CHECK(rows([](auto& r) { r.decompositions[0].scale = 2; }) == 0);
}
