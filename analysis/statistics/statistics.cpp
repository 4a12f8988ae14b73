#include "analysis/statistics/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <vector>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double mean_present(std::span<const double> values) {
  std::vector<double> present;
  std::ranges::copy_if(values, std::back_inserter(present),
                       [](double value) { return !std::isnan(value); });
  return mean(present);
}

double slope(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double products = 0;
  double squares = 0;
  // Around the means: sums of plain products would cancel where x is far from
  // 0.
  for (std::size_t i = 0; i < x.size(); ++i) {
    products += (x[i] - mean_x) * (y[i] - mean_y);
    squares += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return squares == 0 ? kNaN : products / squares;
}

double quantile(std::vector<double> values, double share) {
  assert(0 <= share && share <= 1);
  if (values.empty()) return kNaN;
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(at);
  const auto nth = values.begin() + below;
  // One value and its neighbour are asked for: no need to sort the rest.
  std::nth_element(values.begin(), nth, values.end());
  if (nth + 1 == values.end()) return *nth;
  const double next = *std::min_element(nth + 1, values.end());
  return *nth + (at - static_cast<double>(below)) * (next - *nth);
}

}  // namespace coxswain::analysis
