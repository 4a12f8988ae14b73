#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace coxswain::analysis {

// An estimate with a 95 % interval.
struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

double mean(std::span<const double> values);          // NaN of nothing
double mean_present(std::span<const double> values);  // of those not NaN

// Least squares slope of y on x: sum (x - mean x)(y - mean y) / sum (x - mean
// x)^2. NaN if x does not vary.
double slope(std::span<const double> x, std::span<const double> y);

// Linear between order statistics (numpy's default). `sorted` ascending.
double quantile(std::span<const double> sorted, double share);

// One independent unit of resampling and the group it stays in.
struct Cluster {
  int group = 0;
  std::vector<std::size_t> members;  // indices of observations
};

// Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) over clusters,
// resampled within their group so that no group is ever empty. `statistic`
// gets the indices of the observations drawn, those of one group after those
// of another. Deterministic: a fixed seed, and mt19937_64, whose numbers the
// standard fixes.
Interval bootstrap(
    const std::vector<Cluster>& clusters,
    const std::function<double(std::span<const std::size_t>)>& statistic,
    int n_resamples = 2000);

}  // namespace coxswain::analysis
