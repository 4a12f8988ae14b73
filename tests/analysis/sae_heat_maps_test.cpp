#include <catch2/catch.hpp>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

const HeatMap& map_of(const Figure& figure) {
  return std::get<HeatMap>(figure.content);
}

}  // namespace

TEST_CASE("SAEs of several layers that differ in nothing else share a row",
          "[analysis][sae_heat_maps]") {
  storage::Results results = tests::toy_steered();
  results.saes[0].name = {"layer_5_16k"};
  results.saes[1].name = {"layer_3_16k"};
  results.decompositions = {tests::toy_decomposition(0, 1, "encode"),
                            tests::toy_decomposition(1, 0, "encode")};
  for (const int layer : {3, 5}) {
    tests::add_variant(results,
                       {.layer = layer, .slopes = std::vector<double>(8, 2.0)});
    tests::add_variant(
        results, {"reconstruction", 0, layer,
                  std::vector<double>(8, layer / 2.0), layer == 3 ? 0 : 1});
  }
  tests::add_weak_noise(results, 0, 3);
  tests::add_weak_noise(results, 0, 5);
  const auto figures = tests::figures_of(retained_by_sae, results);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].title == "kind (n = 8, 8 clusters)");
  const HeatMap& map = map_of(figures[0]);
  CHECK(map.rows == std::vector<std::string>{"encode, layer_L_16k"});
  CHECK(map.columns == std::vector<std::string>{"3", "5"});
  REQUIRE(map.cells.size() == 2);
  CHECK(map.cells[0].value == Approx(0.75));
  CHECK(map.cells[1].value == Approx(1.25));
  // Parts, and what is as long as it came out, are not whole reconstructions.
  results.variants[1].part = results.variants[3].part = 1;
  CHECK(tests::figures_of(retained_by_sae, results).empty());
}

TEST_CASE("cosines stand by scale where there are several",
          "[analysis][sae_heat_maps]") {
  storage::Results results = tests::toy_steered();
  for (const double scale : {8.0, 0.5, 1.0}) {
    results.decompositions.push_back(tests::toy_decomposition(0, 1, "encode"));
    results.decompositions.back().scale = scale;
    results.decompositions.back().cosine = scale / 10;
  }
  results.decompositions.push_back(
      tests::toy_decomposition(0, 1, "encode", "random", 0));
  const auto figures = tests::figures_of(cosines_by_scale, results);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "cosines_by_scale-kind");
  const HeatMap& map = map_of(figures[0]);
  CHECK(map.rows == std::vector<std::string>{"encode, early"});
  CHECK(map.columns == std::vector<std::string>{"0.5", "1", "8"});
  CHECK(map.cells[2].value == Approx(0.8));
  results.decompositions.erase(results.decompositions.begin(),
                               results.decompositions.begin() + 2);
  CHECK(tests::figures_of(cosines_by_scale, results).empty());
}
