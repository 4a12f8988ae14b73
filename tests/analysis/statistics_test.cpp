#include "analysis/statistics.hpp"

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

TEST_CASE("the bootstrap interval of a mean is near the normal one",
          "[analysis][statistics]") {
  std::vector<double> values(400);
  std::vector<Cluster> clusters;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(static_cast<double>(i) * 12.9898) * 3;
    clusters.push_back({0, {i}});
  }
  const auto statistic = [&](std::span<const std::size_t> drawn) {
    double sum = 0;
    for (const std::size_t i : drawn) sum += values[i];
    return sum / static_cast<double>(drawn.size());
  };
  const Interval interval = bootstrap(clusters, statistic);
  double variance = 0;
  for (const double v : values) {
    variance += (v - interval.estimate) * (v - interval.estimate) / 399;
  }
  const double error = std::sqrt(variance / 400);
  CHECK(interval.estimate == Approx(mean(values)));
  CHECK(interval.high - interval.estimate == Approx(1.96 * error).epsilon(0.1));
  CHECK(interval.estimate - interval.low == Approx(1.96 * error).epsilon(0.1));
  const Interval again = bootstrap(clusters, statistic);
  CHECK(again.low == interval.low);
}

TEST_CASE("clusters widen an interval as their size says",
          "[analysis][statistics]") {
  // Ten copies of each of 40 values: as uncertain as 40 values.
  std::vector<Cluster> single, tens;
  std::vector<double> values(400);
  for (std::size_t i = 0; i < 400; ++i) {
    values[i] = std::sin(static_cast<double>(i / 10) * 12.9898);
    single.push_back({0, {i}});
    if (i % 10 == 0) tens.push_back({0, {}});
    tens.back().members.push_back(i);
  }
  const auto statistic = [&](std::span<const std::size_t> drawn) {
    double sum = 0;
    for (const std::size_t i : drawn) sum += values[i];
    return sum / static_cast<double>(drawn.size());
  };
  const Interval a = bootstrap(single, statistic);
  const Interval b = bootstrap(tens, statistic);
  CHECK((b.high - b.low) / (a.high - a.low) ==
        Approx(std::sqrt(10)).epsilon(0.15));
}
