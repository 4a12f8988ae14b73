#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/statistics/noise_band.hpp"
#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// Two variants measured on the same items, and many such comparisons at once.

// A sign-flip test of so many clusters, the same sign patterns for every pair
// of variants: all where there are at most 32,768, else 9,999 drawn ones.
// Deterministic: a fixed seed. Const and thread-safe.
class SignFlips {
 public:
  explicit SignFlips(std::size_t n_clusters);

  // Two-sided p of the sum of the clusters' differences [n_clusters], if either
  // variant could as well have been the other on each cluster (Phipson and
  // Smyth 2010: (1 + those at least as large) / (1 + those drawn), never 0).
  // NaN of nothing, or of a difference that is no number.
  double p(std::span<const double> differences) const;

 private:
  std::size_t n_patterns_ = 0;
  // By eight clusters, a byte a pattern: bit j flips the sign of cluster j.
  std::vector<std::vector<std::uint8_t>> flips_;
};

// Holm's adjusted p values (Holm 1979), in the order given. NaN stays NaN and
// is not counted.
std::vector<double> holm(std::span<const double> p);

// What Fieller's interval needs of two estimates.
struct PairedEstimate {
  double numerator = 0, denominator = 0;
  double var_numerator = 0, var_denominator = 0, covariance = 0;
};

// numerator / denominator with Fieller's 95 % interval (Fieller 1954; normal
// quantile): all ratios r for which numerator - r denominator is not
// distinguishable from 0. Unbounded (-inf, inf) where the denominator is not
// distinguishable from 0.
Interval ratio(const PairedEstimate& pair);

// What ratio() needs, by the variances and the covariance of draws [n] that
// belong together one by one.
PairedEstimate paired(double numerator, double denominator,
                      std::span<const double> numerator_draws,
                      std::span<const double> denominator_draws);

// The smallest slope that a two-sided test at 5 % finds with a power of 80 %,
// by its standard error: (1.960 + 0.842) times it.
double smallest_detectable(double standard_error);

// Two-sided p that `value` is one more of `values`: its distance from their
// mean over s sqrt(1 + 1 / n), in t with n - 1 degrees of freedom. NaN of fewer
// than two.
double prediction_p(double value, std::span<const double> values);

}  // namespace coxswain::analysis
