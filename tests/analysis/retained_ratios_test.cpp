#include "analysis/measures/retained_ratios.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/measures/report_source.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

const std::vector<double> kOriginal = {4, 4, 4, 4, 3, 5, 3, 5};
const std::vector<double> kIts = {1, 1, 1, 1, 3, 3, 3, 3};

storage::Results reconstructed() {
  storage::Results results = tests::toy_steered();
  results.vectors[0].n_clusters = 10;
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = kOriginal});
  add_variant(results, {"reconstruction", 0, 3, kIts, 0});
  tests::add_weak_noise(results);
  return results;
}

void add_resamples(storage::Results& results) {
  const double its[] = {1.8, 2.2, 1.9, 2.1, 2.0};
  const double originals[] = {3.7, 4.2, 3.9, 4.3, 3.9};
  for (std::int32_t i = 0; i < 5; ++i) {
    add_variant(results, {.source = "resampled",
                          .slopes = std::vector<double>(8, originals[i]),
                          .seed = i});
    add_variant(results, {.source = "reconstruction",
                          .slopes = std::vector<double>(8, its[i]),
                          .decomposition = 0,
                          .resample = i});
  }
}

}  // namespace

TEST_CASE("what is retained has the set of ratios that items leave",
          "[analysis][retained_ratios]") {
  const auto found = report_source(reconstructed()).retained;
  // Fieller with t(0.975, 7) and n - 1 of the covariance (numpy, scipy 1.17).
  CHECK(found[1].shape == RatioSet::Shape::interval);
  CHECK(found[1].estimate == Approx(0.5));
  CHECK(found[1].low == Approx(0.2724553).epsilon(1e-5));
  CHECK(found[1].high == Approx(0.7531456).epsilon(1e-5));
  // Nothing is retained by an original of itself, or by noise.
  CHECK(std::isnan(found[0].estimate));
  CHECK(std::isnan(found[2].estimate));
}

TEST_CASE("training stands in all variances where both were resampled",
          "[analysis][retained_ratios]") {
  storage::Results results = reconstructed();
  add_resamples(results);
  const ReportSource source = report_source(results);
  REQUIRE(source.slopes[0].training.two_level());
  REQUIRE(source.slopes[1].training.two_level());
  // V = V_items + 10 / 9 of the resamples' (co)variances, t with the original's
  // degrees of freedom (numpy, scipy 1.17).
  CHECK(source.retained[1].low == Approx(0.2784621).epsilon(1e-5));
  CHECK(source.retained[1].high == Approx(0.7408982).epsilon(1e-5));
  // One draw fewer of either: both are of items alone.
  results.propensity[16 * 7].logit_match = NAN;
  CHECK(report_source(results).retained[1].low ==
        Approx(0.2724553).epsilon(1e-5));
}

TEST_CASE("what was measured on fewer items is compared on these",
          "[analysis][retained_ratios]") {
  storage::Results results = reconstructed();
  results.propensity[16].logit_match = NAN;  // the reconstruction's first item
  const auto found = report_source(results).retained;
  CHECK(found[1].estimate == Approx((15.0 / 7) / 4));
  for (std::size_t i = 1; i < 3; ++i) {
    results.propensity[16 + 2 * i].logit_match = NAN;
  }
  CHECK(std::isnan(report_source(results).retained[1].estimate));
}

TEST_CASE("nothing is retained of what does not steer",
          "[analysis][retained_ratios]") {
  storage::Results results = reconstructed();
  for (std::size_t i = 0; i < 4; ++i) {
    add_variant(results, {"covariance", 0, 3, std::vector<double>(8, 3), -1,
                          static_cast<std::int32_t>(i)});
  }
  CHECK(std::isnan(report_source(results).retained[1].estimate));
}
