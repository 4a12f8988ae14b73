#include "analysis/measures/resampling.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/measures/report_source.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

std::vector<double> all(double slope) { return std::vector<double>(8, slope); }

// Slopes 1.5 to 2.5 of an original, four resampled vectors around it.
storage::Results resampled_original() {
  storage::Results results = tests::toy_steered();
  results.vectors[0].n_clusters = 10;
  add_variant(results, {.slopes = {1.5, 2.5, 1.5, 2.5, 1.5, 2.5, 1.5, 2.5}});
  std::int32_t seed = 0;
  for (const double slope : {1.8, 1.9, 2.1, 2.2}) {
    add_variant(results, {"resampled", 0, 3, all(slope), -1, seed++});
  }
  return results;
}

}  // namespace

TEST_CASE("an original's interval has its resampled vectors in it",
          "[analysis][resampling]") {
  storage::Results results = resampled_original();
  const auto of_items = steerability(results);
  CHECK_FALSE(of_items[0].training.two_level());
  CHECK(of_items[0].content_slope.low == Approx(1.553128).margin(1e-5));
  const auto found = report_source(results).slopes;
  const Training& training = found[0].training;
  CHECK(training.two_level());
  CHECK(training.slopes.size() == 4);
  CHECK(training.n_clusters == 10);
  CHECK(training.bias == Approx(0).margin(1e-7));
  // V_items = 2 / 7 / 8, V_vec = 10 / 9 var(1.8, 1.9, 2.1, 2.2); df =
  // V^2 / (V_items^2 / 7 + V_vec^2 / 3): numpy, scipy 1.17.
  CHECK(found[0].standard_error == Approx(0.2697245).epsilon(1e-5));
  CHECK(found[0].df == Approx(8.276873).epsilon(1e-5));
  CHECK(found[0].content_slope.estimate == Approx(2));
  CHECK(found[0].content_slope.low == Approx(1.381617).margin(1e-5));
  CHECK(found[0].content_slope.high == Approx(2.618383).margin(1e-5));
  // They stand for the original: they are compared with nothing.
  CHECK(std::isnan(report_source(results).comparisons.of[1].p));
  // One that lacks an item is left out.
  results.propensity.back().logit_match = NAN;
  CHECK(report_source(results).slopes[0].training.slopes.size() == 3);
}

TEST_CASE("files that don't count clusters have them in their training items",
          "[analysis][resampling]") {
  storage::Results results = resampled_original();
  results.vectors[0].n_clusters = -1;
  for (std::int32_t i = 0; i < 6; ++i) {
    storage::ItemRow item;
    item.item = 8 + i;
    item.cluster = i / 2;
    item.split = static_cast<std::uint8_t>(storage::Split::train);
    results.items.push_back(item);
  }
  CHECK(report_source(results).slopes[0].training.n_clusters == 3);
}

TEST_CASE("a method that is not smooth has no two-level interval",
          "[analysis][resampling]") {
  storage::Results results = resampled_original();
  results.variants.resize(1);
  results.propensity.resize(16);
  std::int32_t seed = 0;
  for (const double slope : {5.0, 5.1, 5.2}) {
    add_variant(results, {"resampled", 0, 3, all(slope), -1, seed++});
  }
  const Steerability one = report_source(results).slopes[0];
  CHECK_FALSE(one.training.smooth);
  CHECK(one.training.bias == Approx(3.1));
  CHECK_FALSE(one.training.two_level());
  CHECK(one.content_slope.low == Approx(1.553128).margin(1e-5));
}

TEST_CASE("reconstructions go with those of resampled vectors alike",
          "[analysis][resampling]") {
  storage::Results results = tests::toy_steered();
  results.vectors[0].n_clusters = 10;
  results.decompositions = {tests::toy_decomposition(0, 1, "encode"),
                            tests::toy_decomposition(0, 1, "omp")};
  add_variant(results, {.slopes = all(2)});
  const std::vector<double> slopes = {1, 2, 1, 2, 1, 2, 1, 2};
  for (const std::int32_t method : {0, 1}) {
    add_variant(results, {"reconstruction", 0, 3, slopes, method});
  }
  for (const std::int32_t resample : {1, 0}) {
    // The decomposition of a resampled vector is a row of its own.
    results.decompositions.push_back(tests::toy_decomposition(0, 1, "encode"));
    results.decompositions.back().resample = resample;
    add_variant(
        results,
        {.source = "reconstruction",
         .slopes = all(1.4 + 0.2 * resample),
         .decomposition =
             static_cast<std::int32_t>(results.decompositions.size()) - 1,
         .resample = resample});
  }
  CHECK(is_resampled(results.variants.back()));
  const auto found = report_source(results).slopes;
  REQUIRE(found[1].training.slopes.size() == 2);
  CHECK(found[1].training.slopes[0].resample == 0);
  CHECK(found[1].training.slopes[0].slope == Approx(1.4));
  CHECK(found[1].training.two_level());
  CHECK(found[2].training.slopes.empty());
  // Another part, or its own length, is another method.
  results.variants[1].part = 1;
  CHECK(report_source(results).slopes[1].training.slopes.empty());
}
