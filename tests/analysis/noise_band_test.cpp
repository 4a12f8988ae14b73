#include "analysis/statistics/noise_band.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;

TEST_CASE("a band of symmetric noise lies around 0", "[analysis][noise_band]") {
  const std::vector<double> slopes{1, -2, 3, 4, 5};
  const Interval found = symmetric_band(slopes);
  CHECK(found.estimate == Approx(2.2));
  // t(0.975, 5) = 2.570582; the mean of the squares is 11.
  CHECK(found.high == Approx(2.570582 * std::sqrt(11)).epsilon(1e-6));
  CHECK(found.low == -found.high);
  // One seed is enough for a band, a wide one: t(0.975, 1) = 12.7062.
  CHECK(symmetric_band(std::vector<double>{-2}).high ==
        Approx(25.4124).epsilon(1e-5));
}

TEST_CASE("further noise lies where Student has it", "[analysis][noise_band]") {
  const std::vector<double> values{1, 2, 3, 4, 5};
  const Interval found = prediction_interval(values);
  // t(0.975, 4) = 2.776445; s = sqrt(2.5).
  const double half = 2.776445 * std::sqrt(2.5 * 1.2);
  CHECK(found.estimate == 3);
  CHECK(found.high - 3 == Approx(half).epsilon(1e-6));
  CHECK(3 - found.low == Approx(half).epsilon(1e-6));
}

TEST_CASE("a slope has a rank among noise, whatever their signs",
          "[analysis][noise_band]") {
  const std::vector<double> noise{0.5, -2, 1, -0.1};
  CHECK(rank_p(3, noise) == Approx(1 / 5.0));
  CHECK(rank_p(-1.5, noise) == Approx(2 / 5.0));
  CHECK(rank_p(1, noise) == Approx(3 / 5.0));
  CHECK(rank_p(0, noise) == 1);
}

TEST_CASE("without noise there is no band", "[analysis][noise_band]") {
  CHECK(std::isnan(symmetric_band({}).high));
  CHECK(std::isnan(symmetric_band({}).estimate));
  CHECK(std::isnan(symmetric_band(std::vector<double>{1, NAN}).low));
  CHECK(std::isnan(prediction_interval({}).low));
  CHECK(prediction_interval(std::vector<double>{1}).estimate == 1);
  CHECK(std::isnan(prediction_interval(std::vector<double>{1}).low));
  CHECK(std::isnan(rank_p(1, {})));
  CHECK(std::isnan(rank_p(NAN, std::vector<double>{1})));
  CHECK(std::isnan(rank_p(1, std::vector<double>{1, NAN})));
}

TEST_CASE("bands have 95 % of further noise", "[analysis][noise_band]") {
  coxswain::tests::Random random(1);
  int symmetric = 0, predicted = 0;
  constexpr int kSets = 3000;
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> slopes(5);
    for (double& slope : slopes) slope = random.normal();
    const double further = random.normal();
    symmetric += std::abs(further) <= symmetric_band(slopes).high ? 1 : 0;
    const Interval interval = prediction_interval(slopes);
    predicted += interval.low <= further && further <= interval.high ? 1 : 0;
  }
  // Two parts in a hundred are five standard errors.
  CHECK(symmetric == Approx(0.95 * kSets).margin(0.015 * kSets));
  CHECK(predicted == Approx(0.95 * kSets).margin(0.015 * kSets));
}
