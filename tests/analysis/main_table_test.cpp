#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;
using tests::around;
using tests::shown;

namespace {

// Two originals with noise, so many reconstructions and one of nothing.
storage::Results steered(int methods) {
  storage::Results results = tests::toy_steered();
  for (const std::int32_t behaviour : {0, 1}) {
    add_variant(results, {.behaviour = behaviour, .slopes = around(2)});
    for (int i = 0; i < methods; ++i) {
      const auto row = static_cast<std::int32_t>(results.decompositions.size());
      tests::add_code(results,
                      tests::toy_decomposition(2 * behaviour, 1, "omp"), {});
      results.decompositions.back().parameter = i + 1;
      add_variant(results, {.source = "reconstruction",
                            .behaviour = behaviour,
                            .slopes = around(1),
                            .decomposition = row});
    }
    add_variant(results, {.source = "zero-reconstruction",
                          .behaviour = behaviour,
                          .slopes = around(0),
                          .decomposition = 0});
    tests::add_weak_noise(results, behaviour);
  }
  return results;
}

}  // namespace

TEST_CASE("the main table has what an answer rests on",
          "[analysis][main_table]") {
  storage::Results results = steered(2);
  std::int32_t seed = 0;
  for (const double slope : {-0.9, 0.9, 0.8}) {
    add_variant(results, {.source = "covariance",
                          .slopes = std::vector<double>(8, slope),
                          .seed = seed++});
  }
  const Table table = tests::table_of(main_table, results);
  REQUIRE(table.rows.size() == 10);
  CHECK(shown(table, 0, "behaviour") == "kind");
  CHECK(shown(table, 0, "layer") == "3");
  CHECK(shown(table, 0, "variant") == "original");
  CHECK(shown(table, 1, "variant") == "reconstruction (omp:1)");
  CHECK(shown(table, 3, "variant") == "zero-reconstruction (omp:1)");
  CHECK(shown(table, 4, "variant") == "covariance x3");
  CHECK(shown(table, 9, "variant") == "random x4");
  CHECK(shown(table, 0, "clusters") == "8");
  CHECK(shown(table, 0, "n") == "8");
  CHECK(table.notes.size() == 1);
}

TEST_CASE("twelve rows are the most, and it is said what they lack",
          "[analysis][main_table]") {
  const Table table = tests::table_of(main_table, steered(5));
  REQUIRE(table.rows.size() == 12);
  CHECK(shown(table, 3, "variant") == "reconstruction (omp:3)");
  CHECK_THAT(table.notes.back(),
             Contains("Left out: 4 rows of further methods"));
}

TEST_CASE("behaviours that have no room are counted",
          "[analysis][main_table]") {
  storage::Results results = steered(1);
  for (int i = 0; i < 2; ++i) {
    results.behaviours.push_back(results.behaviours[0]);
    const auto behaviour =
        static_cast<std::int32_t>(results.behaviours.size()) - 1;
    results.vectors.resize(results.vectors.size() + 2, results.vectors[0]);
    add_variant(results, {.behaviour = behaviour, .slopes = around(1)});
    tests::add_weak_noise(results, behaviour);
    add_variant(results, {.source = "zero-reconstruction",
                          .behaviour = behaviour,
                          .slopes = around(0),
                          .decomposition = 0});
  }
  const Table table = tests::table_of(main_table, results);
  CHECK(table.rows.size() == 11);
  CHECK_THAT(table.notes.back(), Contains("Left out: 1 behaviour ("));
}

TEST_CASE("what adds nothing has a line and no row", "[analysis][main_table]") {
  storage::Results results = steered(2);
  results.variants[1].norm = 0;
  const Table table = tests::table_of(main_table, results);
  CHECK(table.rows.size() == 9);
  CHECK_THAT(table.notes.back(),
             Contains("Adds nothing: reconstruction (omp:1)."));
  CHECK(tests::table_of(main_table, tests::toy_steered()).rows.empty());
}
