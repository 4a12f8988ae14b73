#pragma once

#include <span>
#include <vector>

namespace coxswain::analysis {

// An estimate with a 95 % interval.
struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

double mean(std::span<const double> values);  // NaN of nothing
double mean_present(
    std::span<const double> values);  // of those that are not NaN

// Least squares slope of y on x: sum (x - mean x)(y - mean y) / sum (x - mean
// x)^2. NaN if x does not vary.
double slope(std::span<const double> x, std::span<const double> y);

// Linear between order statistics (numpy's default), of values in any order.
double quantile(std::vector<double> values, double share);

}  // namespace coxswain::analysis
