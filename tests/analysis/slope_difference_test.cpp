#include "analysis/answers/slope_difference.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

storage::Results three(const std::vector<double>& original,
                       const std::vector<double>& more,
                       const std::vector<double>& less) {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = original});
  add_variant(results, {.source = "reconstruction", .slopes = more});
  add_variant(results, {.source = "reconstruction", .slopes = less});
  return results;
}

SlopeDifference difference_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  return slope_difference(source, source.slopes[1], source.slopes[2],
                          source.slopes[0]);
}

}  // namespace

TEST_CASE("a difference is that of the clusters",
          "[analysis][slope_difference]") {
  // Differences 0.5, 0.7, ... of mean 0.6, deviation 0.1069; t(0.975, 7) =
  // 2.364624.
  const std::vector<double> original(8, 2), less(8, 0.2);
  const std::vector<double> more = {0.7, 0.9, 0.7, 0.9, 0.7, 0.9, 0.7, 0.9};
  const SlopeDifference one = difference_of(three(original, more, less));
  CHECK(one.difference.estimate == Approx(0.6));
  CHECK(one.difference.high - 0.6 ==
        Approx(2.364624 * 0.1069045 / std::sqrt(8.0)).epsilon(1e-5));
  CHECK(one.of_original.estimate == Approx(0.3));
  CHECK(one.of_original.shape == RatioSet::Shape::interval);
}

TEST_CASE("items that one lacks count for none",
          "[analysis][slope_difference]") {
  std::vector<double> original(8, 2), less(8, 0), more(8, 1);
  original[0] = kNaN;
  less[1] = 100;
  more[1] = kNaN;
  const SlopeDifference one = difference_of(three(original, more, less));
  CHECK(one.difference.estimate == Approx(1));
  CHECK(one.of_original.estimate == Approx(0.5));
  less[2] = kNaN;  // five clusters are too few
  const SlopeDifference few = difference_of(three(original, more, less));
  CHECK(few.difference.estimate == Approx(1));
  CHECK(std::isnan(few.difference.low));
}

TEST_CASE("training is in a difference where all three were resampled",
          "[analysis][slope_difference]") {
  storage::Results results = three({1.5, 2.5, 1.5, 2.5, 1.5, 2.5, 1.5, 2.5},
                                   {0.7, 0.9, 0.7, 0.9, 0.7, 0.9, 0.7, 0.9},
                                   {0.3, 0.3, 0.1, 0.1, 0.3, 0.3, 0.1, 0.1});
  results.vectors[0].n_clusters = 10;
  results.variants[1].decomposition = 0;
  results.variants[2].decomposition = 1;
  tests::add_code(results, tests::toy_decomposition(0, 1, "omp"), {});
  tests::add_code(results, tests::toy_decomposition(0, 1, "encode"), {});
  // V = V_items + 10 / 9 of the resamples' (co)variances, t of the original's
  // degrees of freedom, 8.2769 (numpy, scipy 1.17). First items alone: t of 7.
  CHECK(difference_of(results).difference.high ==
        Approx(0.6 + 0.1263945).epsilon(1e-5));
  const double of_original[] = {1.8, 1.9, 2.1, 2.2};
  const double of_more[] = {0.7, 0.8, 0.8, 0.9};
  const double of_less[] = {0.2, 0.1, 0.3, 0.2};
  for (std::int32_t i = 0; i < 4; ++i) {
    const auto all = [](double slope) { return std::vector<double>(8, slope); };
    add_variant(
        results,
        {.source = "resampled", .slopes = all(of_original[i]), .seed = i});
    add_variant(results, {.source = "reconstruction",
                          .slopes = all(of_more[i]),
                          .decomposition = 0,
                          .resample = i});
    add_variant(results, {.source = "reconstruction",
                          .slopes = all(of_less[i]),
                          .decomposition = 1,
                          .resample = i});
  }
  const SlopeDifference one = difference_of(results);
  CHECK(one.difference.high == Approx(0.9047750).epsilon(1e-5));
  CHECK(one.of_original.low == Approx(0.1601803).epsilon(1e-5));
  CHECK(one.of_original.high == Approx(0.4609606).epsilon(1e-5));
}

TEST_CASE("more is the original's way, and more than noise differs by",
          "[analysis][slope_difference]") {
  Steerability original;
  original.content_slope.estimate = 1;
  const std::vector<KindBand> bands = {
      {NoiseKind::random, 5, {0, -0.5, 0.5}, true}};
  SlopeDifference one;
  one.difference = {0.8, 0.6, 1.0};
  CHECK(is_more(one, original, bands));
  CHECK_FALSE(is_more(one, original, {}));
  original.content_slope.estimate = -1;
  CHECK_FALSE(is_more(one, original, bands));
  one.difference = {-0.8, -1.0, -0.6};
  CHECK(is_more(one, original, bands));
  one.difference = {-0.7, -0.8, -0.6};  // below 0.5 sqrt(2)
  CHECK_FALSE(is_more(one, original, bands));
  one.difference = {-0.8, -1.8, 0.2};
  CHECK_FALSE(is_more(one, original, bands));
}
