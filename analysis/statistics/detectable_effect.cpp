#include "analysis/statistics/detectable_effect.hpp"

#include <boost/math/distributions/non_central_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>

namespace coxswain::analysis {
namespace {

constexpr double kPower = 0.8;

// How often a statistic with this noncentrality is beyond +-limit.
double power(double noncentrality, double df, double limit) {
  const boost::math::non_central_t of(df, noncentrality);
  return boost::math::cdf(boost::math::complement(of, limit)) +
         boost::math::cdf(of, -limit);
}

// The noncentrality at which the power is kPower: it rises with it.
double noncentrality_of(double df) {
  const double limit = t_quantile(0.975, df);
  double low = 0, high = 1;
  while (power(high, df, limit) < kPower) high *= 2;
  while (high - low > 1e-12 * high) {
    const double middle = (low + high) / 2;
    (power(middle, df, limit) < kPower ? low : high) = middle;
  }
  return high;
}

}  // namespace

double detectable_effect(int clusters) {
  assert(clusters >= 0);
  if (clusters < kLeastClusters) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return noncentrality_of(clusters - 1) / std::sqrt(clusters);
}

double detectable_effect(int first, int second) {
  assert(first >= 0 && second >= 0);
  if (first < kLeastOfAnswer || second < kLeastOfAnswer ||
      first + second < kLeastClusters) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double a = 1.0 / first, b = 1.0 / second;
  const double df =
      (a + b) * (a + b) / (a * a / (first - 1) + b * b / (second - 1));
  return noncentrality_of(df) * std::sqrt(a + b) / 2;
}

}  // namespace coxswain::analysis
