#include "analysis/statistics/noise_band.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Interval symmetric_band(std::span<const double> slopes) {
  const auto n = static_cast<double>(slopes.size());
  const double squares =
      std::inner_product(slopes.begin(), slopes.end(), slopes.begin(), 0.0);
  const double half = t_quantile(0.975, n) * std::sqrt(squares / n);
  return {mean(slopes), -half, half};
}

Interval prediction_interval(std::span<const double> values) {
  const double middle = mean(values);
  if (values.size() < 2) return {middle, kNaN, kNaN};
  const auto n = static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) {
    squares += (value - middle) * (value - middle);
  }
  const double half =
      t_quantile(0.975, n - 1) * std::sqrt(squares / (n - 1) * (1 + 1 / n));
  return {middle, middle - half, middle + half};
}

double rank_p(double slope, std::span<const double> noise) {
  const auto missing = [](double value) { return std::isnan(value); };
  if (noise.empty() || missing(slope) || std::ranges::any_of(noise, missing)) {
    return kNaN;
  }
  const auto as_large = std::ranges::count_if(
      noise, [&](double one) { return std::abs(one) >= std::abs(slope); });
  return static_cast<double>(1 + as_large) /
         static_cast<double>(1 + noise.size());
}

}  // namespace coxswain::analysis
