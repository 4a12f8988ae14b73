#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

TEST_CASE("a heat map has a row a variant and a column a layer",
          "[analysis][slopes_heat_map]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 5, .slopes = {1, 1}});
  add_variant(results, {.layer = 3, .slopes = {NAN, NAN}});
  add_variant(results, {"random", 0, 5, {1, 1}, -1, 0});
  add_variant(results, {"random", 0, 5, {2, 2}, -1, 1});
  const auto figures = tests::figures_of(slopes_heat_map, results);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "slopes_heat_map-kind");
  CHECK(figures[0].title == "kind (n = 2, 2 clusters)");
  const auto& map = std::get<HeatMap>(figures[0].content);
  CHECK(map.columns == std::vector<std::string>{"3", "5"});
  CHECK(map.rows == std::vector<std::string>{"original", "random, mean of 2"});
  REQUIRE(map.cells.size() == 3);  // no cell for random at layer 3
  CHECK(map.cells[0].column == 0);
  CHECK(std::isnan(map.cells[0].value));
  CHECK(map.cells[1].column == 1);
  CHECK(map.cells[1].value == Approx(1));
  CHECK(map.cells[2].row == 1);
  CHECK(map.cells[2].value == Approx(1.5));
}

TEST_CASE("a heat map says where the original steers",
          "[analysis][slopes_heat_map]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = std::vector<double>(8, 1.0)});
  add_variant(results, {.layer = 5, .slopes = {1, -1, 1, -1, 1, -1, 1, -1}});
  tests::add_weak_noise(results);
  const auto figures = tests::figures_of(slopes_heat_map, results);
  CHECK(figures.at(0).notes.at(1) ==
        "The original steers: at layer 3; not at layer 5 (interval includes "
        "0).");
}

TEST_CASE("many parts of few atoms are left out of the heat map",
          "[analysis][slopes_heat_map]") {
  storage::Results results = tests::toy_steered();
  results.decompositions.push_back(tests::toy_decomposition(0, 1, "omp"));
  add_variant(results, {.slopes = {1, 1}});
  for (std::int32_t k = 0; k < 13; ++k) {
    add_variant(
        results,
        {.source = "reconstruction", .slopes = {1, 1}, .decomposition = 0});
    results.variants.back().part =
        static_cast<std::int32_t>(storage::Part::atom);
    results.variants.back().part_k = k;
    if (k < 11) continue;
    const auto figures = tests::figures_of(slopes_heat_map, results);
    const auto rows = std::get<HeatMap>(figures.at(0).content).rows.size();
    CHECK(rows == (k == 11 ? 13 : 1));
  }
}

TEST_CASE("known answers are not in the heat map",
          "[analysis][slopes_heat_map]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {1, 1}});
  tests::add_variant(results, {"planted", 0, 3, {900, 900}});
  const auto figures = tests::figures_of(slopes_heat_map, results);
  CHECK(std::get<HeatMap>(figures.at(0).content).rows ==
        std::vector<std::string>{"original"});
}
