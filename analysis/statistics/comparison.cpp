#include "analysis/statistics/comparison.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Fixed for good: another seed gives other p values for the same results.
constexpr std::uint64_t kSeed = 20100401;
constexpr std::size_t kMostExact = 15;  // clusters whose patterns are counted
constexpr std::size_t kFlips = 9999;

double normal_quantile(double share) {
  return boost::math::quantile(boost::math::normal(), share);
}

// Sums of up to eight differences under each of their sign patterns.
std::array<double, 256> flipped_sums(std::span<const double> differences) {
  assert(differences.size() <= 8);
  std::array<double, 256> sums{};
  for (std::size_t pattern = 0; pattern < sums.size(); ++pattern) {
    for (std::size_t i = 0; i < differences.size(); ++i) {
      sums[pattern] +=
          ((pattern >> i) & 1U) != 0 ? -differences[i] : differences[i];
    }
  }
  return sums;
}

// Mean and standard deviation (of n - 1) of n values.
struct Moments {
  double mean = 0, deviation = 0;
  std::size_t n = 0;
};

Moments moments_of(std::span<const double> values) {
  assert(values.size() >= 2 && "one value has no deviation");
  double squares = 0;
  const double middle = mean(values);
  for (const double value : values) {
    squares += (value - middle) * (value - middle);
  }
  return {middle, std::sqrt(squares / static_cast<double>(values.size() - 1)),
          values.size()};
}

// The deviation of one value more from the mean of those there are.
double spread_of(const Moments& of) {
  return of.deviation * std::sqrt(1 + 1 / static_cast<double>(of.n));
}

}  // namespace

SignFlips::SignFlips(std::size_t n_clusters) {
  const bool exact = n_clusters <= kMostExact;
  // The pattern that flips nothing is the observed one, not one of these.
  n_patterns_ = exact ? (std::size_t{1} << n_clusters) - 1 : kFlips;
  std::mt19937_64 random(kSeed);
  for (std::size_t first = 0; first < n_clusters; first += 8) {
    auto& bytes = flips_.emplace_back(n_patterns_);
    for (std::size_t i = 0; i < n_patterns_; ++i) {
      bytes[i] =
          static_cast<std::uint8_t>(exact ? (i + 1) >> first : random() >> 56);
    }
  }
}

double SignFlips::p(std::span<const double> differences) const {
  assert((differences.size() + 7) / 8 == flips_.size() && "one a cluster");
  const double observed =
      std::abs(std::accumulate(differences.begin(), differences.end(), 0.0));
  if (differences.empty() || std::isnan(observed)) return kNaN;
  std::vector<double> sums(n_patterns_, 0.0);
  for (std::size_t eight = 0; eight < flips_.size(); ++eight) {
    const std::size_t first = 8 * eight;
    // Eight clusters at a time through a table of their 256 sums: one look-up
    // stands for eight additions.
    const auto table = flipped_sums(differences.subspan(
        first, std::min<std::size_t>(8, differences.size() - first)));
    const std::uint8_t* flips = flips_[eight].data();
    for (std::size_t i = 0; i < n_patterns_; ++i) sums[i] += table[flips[i]];
  }
  // What rounding may take from a sum that is equally large.
  double size = 0;
  for (const double difference : differences) size += std::abs(difference);
  const double least = observed - 1e-12 * size;
  const auto at_least =
      std::count_if(sums.begin(), sums.end(),
                    [&](double sum) { return std::abs(sum) >= least; });
  return static_cast<double>(1 + at_least) /
         static_cast<double>(1 + n_patterns_);
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size(), kNaN);
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto left = static_cast<double>(order.size() - rank);
    // Step down: an adjusted p is never below that of a smaller one.
    largest = std::max(largest, std::min(1.0, left * p[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

Interval ratio(const PairedEstimate& pair) {
  const double z = normal_quantile(0.975);
  const double estimate = pair.numerator / pair.denominator;
  // Roots of (a - r b)^2 = z^2 (v_aa - 2 r v_ab + r^2 v_bb).
  const double a =
      pair.denominator * pair.denominator - z * z * pair.var_denominator;
  const double b = pair.numerator * pair.denominator - z * z * pair.covariance;
  const double c = pair.numerator * pair.numerator - z * z * pair.var_numerator;
  // The denominator may be 0 itself: no ratio can be excluded.
  if (std::isnan(a) || a <= 0) return {estimate, -kInfinity, kInfinity};
  const double root = std::sqrt(std::max(0.0, b * b - a * c));
  return {estimate, (b - root) / a, (b + root) / a};
}

PairedEstimate paired(double numerator, double denominator,
                      std::span<const double> numerator_draws,
                      std::span<const double> denominator_draws) {
  assert(numerator_draws.size() == denominator_draws.size());
  std::vector<double> x, y;
  for (std::size_t i = 0; i < numerator_draws.size(); ++i) {
    // Draws belong together one by one: where either is missing, both go.
    if (std::isnan(numerator_draws[i] + denominator_draws[i])) continue;
    x.push_back(numerator_draws[i]);
    y.push_back(denominator_draws[i]);
  }
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  const auto n = static_cast<double>(x.size()) - 1;
  return {numerator, denominator, xx / n, yy / n, xy / n};
}

double smallest_detectable(double standard_error) {
  return (normal_quantile(0.975) + normal_quantile(0.8)) * standard_error;
}

double prediction_p(double value, std::span<const double> values) {
  if (values.size() < 2 || std::isnan(value)) return kNaN;
  const Moments of = moments_of(values);
  const double spread = spread_of(of);
  if (std::isnan(spread)) return kNaN;
  // Equal values have no spread: t would be 0 / 0.
  if (spread == 0) return value == of.mean ? 1 : 0;
  const double t = std::abs(value - of.mean) / spread;
  return 2 * boost::math::cdf(boost::math::complement(
                 boost::math::students_t(static_cast<double>(of.n - 1)), t));
}

}  // namespace coxswain::analysis
