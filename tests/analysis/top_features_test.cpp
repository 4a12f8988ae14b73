#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_falling_code;
using tests::toy_decomposition;

TEST_CASE("an SAE's figure has zero's features on top and marks what is shared",
          "[analysis][top_features]") {
  storage::Results results = tests::toy_results();
  add_falling_code(results, toy_decomposition(1, 0, "encode"),
                   {8, 30, 1, 2, 3, 4});
  add_falling_code(results, toy_decomposition(-1, 0, "encode", "zero"), {7, 8});
  storage::DecompositionRow doubled = toy_decomposition(1, 0, "encode");
  doubled.scale = 2;
  add_falling_code(results, doubled, {99});
  storage::DecompositionRow other = toy_decomposition(1, 0, "encode");
  other.b_dec_input = 0;
  add_falling_code(results, other, {98});
  add_falling_code(results, toy_decomposition(1, 0, "omp"), {97});
  const auto figures = tests::figures_of(top_features, results);
  REQUIRE(figures.size() == 1);  // nothing of the other SAE
  CHECK(figures[0].name == "top_features-late");
  const auto& bars = std::get<Bars>(figures[0].content);
  REQUIRE(bars.groups.size() == 2);
  CHECK(bars.groups[0].name == "zero vector");
  CHECK(bars.groups[1].name == "kind");
  REQUIRE(bars.groups[1].bars.size() == 5);
  CHECK(bars.groups[1].bars[0].label == "8");
  CHECK(bars.groups[1].bars[0].value == 9.5);
  CHECK(bars.kinds.at(bars.groups[1].bars[0].kind) ==
        "also among the zero vector's five");
  CHECK(bars.kinds.at(bars.groups[1].bars[1].kind) == "of the vector alone");
}

TEST_CASE("a code of nothing and one that was not computed are told apart",
          "[analysis][top_features]") {
  storage::Results results = tests::toy_results();
  storage::DecompositionRow missing = toy_decomposition(3, 0, "encode");
  missing.n_atoms = -1;
  storage::DecompositionRow empty = toy_decomposition(1, 0, "encode");
  empty.n_atoms = 0;
  add_falling_code(results, missing, {});
  add_falling_code(results, empty, {});
  CHECK(tests::figures_of(top_features, results).empty());
  add_falling_code(results, toy_decomposition(-1, 0, "encode", "zero"), {7});
  const auto figures = tests::figures_of(top_features, results);
  const auto& groups = std::get<Bars>(figures.at(0).content).groups;
  REQUIRE(groups.size() == 3);
  CHECK(groups[1].name == "kind: none");
  CHECK(groups[2].name == "curt: not computed");
}
