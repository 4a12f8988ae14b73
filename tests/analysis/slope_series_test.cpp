#include "analysis/measures/slope_series.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

std::vector<std::string> names_of(const storage::Results& results,
                                  std::int32_t behaviour) {
  std::vector<std::string> names;
  for (const auto& one : slope_series(report_source(results), behaviour)) {
    names.push_back(one.name);
  }
  return names;
}

// A decomposition by each of the two SAEs, of vectors of layers 5 and 3.
storage::Results with_two_saes() {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(1, 0, "encode"),
                            tests::toy_decomposition(0, 1, "encode")};
  return results;
}

}  // namespace

TEST_CASE("variants that differ in the layer are one series, by layer",
          "[analysis][slope_series]") {
  storage::Results results = with_two_saes();
  add_variant(results, {.layer = 5, .slopes = {1, 1}});
  add_variant(results, {.layer = 3, .slopes = {2, 2}});
  add_variant(results, {"reconstruction", 0, 5, {1}, 0});
  add_variant(results, {"reconstruction", 0, 3, {1}, 1});
  add_variant(results, {.behaviour = 1, .slopes = {9}});
  const ReportSource source = report_source(results);
  const auto all = slope_series(source, 0);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "original");
  CHECK(all[0].source == storage::VariantSource::original);
  REQUIRE(all[0].slopes.size() == 2);
  CHECK(all[0].slopes[0]->content_slope.estimate == Approx(2));
  CHECK(all[1].name == "reconstruction (encode)");
  CHECK(all[1].slopes.size() == 2);
  CHECK(layers_of(source, all) == std::vector<std::int32_t>{3, 5});
}

TEST_CASE("an SAE is named where a layer has several",
          "[analysis][slope_series]") {
  storage::Results results = with_two_saes();
  results.saes[1].layer = results.saes[0].layer;
  add_variant(results, {"reconstruction", 0, 5, {1}, 0});
  add_variant(results, {"reconstruction", 0, 5, {1}, 1});
  CHECK(names_of(results, 0) ==
        std::vector<std::string>{"reconstruction (encode, late)",
                                 "reconstruction (encode, early)"});
}

TEST_CASE("noise of all seeds is one series", "[analysis][slope_series]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {"random", 0, 3, {1}, -1, 0});
  add_variant(results, {"random", 0, 3, {2}, -1, 1});
  add_variant(results, {"shuffled", 0, 3, {2}, -1, 0});
  CHECK(names_of(results, 0) ==
        std::vector<std::string>{"random", "shuffled, stretched"});
  const ReportSource source = report_source(results);
  const auto all = slope_series(source, 0);
  CHECK(all[0].slopes.size() == 2);
  CHECK(is_noise(all[0]));
  CHECK(largest_slope(all[0]) == Approx(2));
}

TEST_CASE("resampled vectors are in no series", "[analysis][slope_series]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {"resampled", 0, 3, {1}, -1, 0});
  add_variant(results, {"reconstruction", 0, 3, {1}});
  results.variants.back().resample = 4;
  CHECK(names_of(results, 0).empty());
}

TEST_CASE("n counts the items that have a slope", "[analysis][slope_series]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = {1, 1, 1}});
  add_variant(results, {.layer = 5, .slopes = {1, NAN, 1}});
  add_variant(results, {"random", 0, 3, {NAN}});
  const auto slopes = steerability(results);
  CHECK(items_of({&slopes[0]}) == "n = 3, 3 clusters");
  CHECK(items_of({&slopes[0], &slopes[1]}) == "n = 2 to 3, 2 to 3 clusters");
  CHECK(items_of({&slopes[2]}) == "n = 0");
  CHECK(largest_slope({"", storage::VariantSource::random, {&slopes[2]}}) == 0);
}
