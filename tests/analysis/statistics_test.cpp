#include "analysis/statistics/statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace coxswain::analysis;

TEST_CASE("a slope is the least squares one", "[analysis][statistics]") {
  // Anscombe's first data set: slope 0.5000909 (Anscombe 1973).
  const std::vector<double> x{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const std::vector<double> y{8.04, 6.95, 7.58,  8.81, 8.33, 9.96,
                              7.24, 4.26, 10.84, 4.82, 5.68};
  CHECK(slope(x, y) == Approx(0.5000909).epsilon(1e-6));
  CHECK(
      std::isnan(slope(std::vector<double>{1, 1}, std::vector<double>{2, 3})));
}

TEST_CASE("a mean of what is there leaves out what is not",
          "[analysis][statistics]") {
  CHECK(mean_present(std::vector<double>{1, NAN, 2}) == 1.5);
  CHECK(std::isnan(mean_present(std::vector<double>{NAN})));
}

TEST_CASE("quantiles are linear between order statistics",
          "[analysis][statistics]") {
  const std::vector<double> sorted{1, 2, 3, 4};
  CHECK(quantile(sorted, 0) == 1);
  CHECK(quantile(sorted, 1) == 4);
  CHECK(quantile(sorted, 0.5) == 2.5);
  CHECK(quantile(sorted, 0.025) == Approx(1.075));
}
