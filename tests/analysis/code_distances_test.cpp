#include "analysis/measures/code_distances.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_code;
using tests::toy_decomposition;

TEST_CASE("a code's distance is from the zero vector's",
          "[analysis][code_distances]") {
  storage::Results results = tests::toy_results();
  add_code(results, toy_decomposition(-1, 1, "encode", "zero"),
           {{7, 3}, {8, 2}});
  add_code(results, toy_decomposition(0, 1, "encode"), {{7, 5}, {9, 1}});
  add_code(results, toy_decomposition(0, 1, "encode", "random", 0), {{7, 3}});
  add_code(results, toy_decomposition(0, 1, "encode", "random", 1),
           {{7, 3}, {8, 2}});
  add_code(results, toy_decomposition(0, 1, "encode", "shuffled", 0), {{8, 2}});
  const std::vector<CodeDistance> all = code_distances(results);
  REQUIRE(all.size() == 1);
  CHECK(all[0].vector == 0);
  CHECK(all[0].sae == 1);
  CHECK(all[0].shared == 1);
  CHECK(all[0].top.size() == 2);
  CHECK(all[0].distance == Approx(3));  // sqrt(2^2 + 2^2 + 1)
  REQUIRE(all[0].of_noise.at(storage::Control::random).size() == 2);
  CHECK(all[0].of_noise.at(storage::Control::random)[0] == Approx(2));
  CHECK(all[0].of_noise.at(storage::Control::random)[1] == 0);
  CHECK(all[0].of_noise.at(storage::Control::shuffled).at(0) == Approx(3));
}

TEST_CASE("other scales, methods and SAEs don't count",
          "[analysis][code_distances]") {
  storage::Results results = tests::toy_results();
  add_code(results, toy_decomposition(-1, 1, "encode", "zero"), {{7, 3}});
  auto longer = toy_decomposition(0, 1, "encode");
  longer.scale = 2;
  add_code(results, longer, {{7, 9}});
  add_code(results, toy_decomposition(0, 1, "omp"), {{7, 9}});
  add_code(results, toy_decomposition(1, 0, "encode"), {{7, 9}});
  CHECK(code_distances(results).empty());
}

TEST_CASE("what was not computed has no distance",
          "[analysis][code_distances]") {
  storage::Results results = tests::toy_results();
  add_code(results, toy_decomposition(-1, 1, "encode", "zero"), {{7, 3}});
  add_code(results, toy_decomposition(0, 1, "encode"), {});
  CHECK(code_distances(results).size() == 1);
  results.decompositions.back().n_atoms = -1;
  CHECK(code_distances(results).empty());
}
