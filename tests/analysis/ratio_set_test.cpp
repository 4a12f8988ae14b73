#include "analysis/statistics/ratio_set.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;
using Shape = RatioSet::Shape;

namespace {

// By the definition alone.
bool indistinct(const PairedEstimates& pair, double t, double r) {
  const double variance = pair.var_numerator - 2 * r * pair.covariance +
                          r * r * pair.var_denominator;
  return std::abs(pair.numerator - r * pair.denominator) <=
         t * std::sqrt(variance);
}

bool within(const RatioSet& set, double r) {
  switch (set.shape) {
    case Shape::none:
      return false;
    case Shape::all:
      return true;
    case Shape::outside:
      return r <= set.low || r >= set.high;
    default:
      return set.low <= r && r <= set.high;
  }
}

}  // namespace

TEST_CASE("a set of ratios is what a scan of all ratios finds",
          "[analysis][ratio_set]") {
  coxswain::tests::Random random(3);
  int shapes[6] = {};
  for (int i = 0; i < 400; ++i) {
    PairedEstimates pair{2 * random.normal(), 2 * random.normal()};
    pair.var_numerator = random.uniform();
    pair.var_denominator = random.uniform();
    pair.covariance = (2 * random.uniform() - 1) *
                      std::sqrt(pair.var_numerator * pair.var_denominator);
    const double t = 1.5 + 2 * random.uniform();
    const RatioSet found = ratio_set(pair, t);
    ++shapes[static_cast<int>(found.shape)];
    CHECK(found.estimate == pair.numerator / pair.denominator);
    // Of angles, so that ratios of every size are tried.
    for (int k = -500; k < 500; ++k) {
      const double r = std::tan((k + 0.5) / 1000 * M_PI);
      const double end =
          std::min(std::abs(r - found.low), std::abs(r - found.high));
      if (end < 1e-9 * (1 + std::abs(r))) continue;
      REQUIRE(within(found, r) == indistinct(pair, t, r));
    }
    // Bounded exactly where the denominator's own interval excludes 0.
    CHECK((found.shape == Shape::interval) ==
          (std::abs(pair.denominator) > t * std::sqrt(pair.var_denominator)));
  }
  CHECK(shapes[static_cast<int>(Shape::interval)] > 50);
  CHECK(shapes[static_cast<int>(Shape::outside)] > 50);
  CHECK(shapes[static_cast<int>(Shape::all)] > 50);
}

TEST_CASE("an original that can just be told from 0 leaves a ray of ratios",
          "[analysis][ratio_set]") {
  // The denominator is 2 +- 2.
  const RatioSet from = ratio_set({4, 2, 1, 1, 0}, 2);
  CHECK(from.shape == Shape::from);
  CHECK(from.low == Approx((16 - 4) / 16.0));
  CHECK(std::isinf(from.high));
  const RatioSet up_to = ratio_set({-4, 2, 1, 1, 0}, 2);
  CHECK(up_to.shape == Shape::up_to);
  CHECK(up_to.high == Approx(-0.75));
  CHECK(up_to.low == -INFINITY);
  CHECK(ratio_set({0, 2, 1, 1, 0}, 2).shape == Shape::all);
}

TEST_CASE("a variant that is its original retains all of it",
          "[analysis][ratio_set]") {
  const RatioSet found = ratio_set({3, 3, 1, 1, 1}, 2);
  CHECK(found.shape == Shape::interval);
  CHECK(found.low == Approx(1));
  CHECK(found.high == Approx(1));
  // Without noise in the denominator it is the numerator's interval over it.
  const RatioSet exact = ratio_set({1, 2, 0.25, 0, 0}, 2);
  CHECK(exact.low == Approx(0));
  CHECK(exact.high == Approx(1));
}

TEST_CASE("ends keep their digits where they differ much",
          "[analysis][ratio_set]") {
  // The denominator is 2 +- (2 - 1e-12): the larger end is near 1e12.
  const PairedEstimates pair{1, 2, 0.01, std::pow(1 - 0.5e-12, 2), 0};
  const RatioSet found = ratio_set(pair, 2);
  REQUIRE(found.shape == Shape::interval);
  // b = 2, c = 1 - 0.04: the smaller end is c / (2 b) but for 1e-12 of it.
  CHECK(found.low == Approx(0.24).epsilon(1e-8));
  CHECK(found.high > 1e11);
  const RatioSet negative =
      ratio_set({-1, 2, 0.01, pair.var_denominator, 0}, 2);
  CHECK(negative.high == Approx(-0.24).epsilon(1e-8));
  CHECK(negative.low < -1e11);
}

TEST_CASE("of nothing there is no ratio", "[analysis][ratio_set]") {
  CHECK(ratio_set({NAN, 1, 1, 1, 0}, 2).shape == Shape::none);
  CHECK(ratio_set({1, 1, 1, 1, 0}, NAN).shape == Shape::none);
  // Nothing is 1 if it is 0 of something.
  CHECK(ratio_set({1, 0, 0, 0, 0}, 2).shape == Shape::none);
  CHECK(std::isnan(ratio_set({1, 0, 0, 0, 0}, 2).low));
  // And anything fits 0 over 0.
  CHECK(ratio_set({0, 0, 0, 0, 0}, 2).shape == Shape::all);
}
