#include "analysis/statistics/simultaneous_band.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/noise_band.hpp"

using namespace coxswain::analysis;

TEST_CASE("a band for one is as it is", "[analysis][simultaneous_band]") {
  const double slopes[] = {0.2, -0.1, 0.3, -0.2, 0.1};
  const Interval band = symmetric_band(slopes);
  const Interval same = simultaneous_band(band, 5, 1);
  CHECK(same.low == Approx(band.low));
  CHECK(same.high == Approx(band.high));
  CHECK(same.estimate == band.estimate);
}

// scipy.stats.t.ppf(1 - 0.025 / 4, [5, 4]) = 3.8100047, 4.3146560.
TEST_CASE("a band for several is as much wider as its t",
          "[analysis][simultaneous_band]") {
  const double slopes[] = {0.2, -0.1, 0.3, -0.2, 0.1};
  const Interval band = simultaneous_band(symmetric_band(slopes), 5, 4);
  CHECK(band.high == Approx(3.8100047 * std::sqrt(0.19 / 5)).epsilon(1e-6));
  CHECK(band.low == Approx(-band.high));
  const Interval around = simultaneous_band(prediction_interval(slopes), 4, 4);
  CHECK((around.low + around.high) / 2 == Approx(0.06));
  CHECK(around.high - 0.06 ==
        Approx(4.3146560 * std::sqrt(0.172 / 4 * 1.2)).epsilon(1e-6));
}

TEST_CASE("without a band there is none", "[analysis][simultaneous_band]") {
  const double one[] = {0.2};
  CHECK(std::isnan(simultaneous_band(prediction_interval(one), 1, 2).low));
}
