#include "analysis/statistics/item_weighted.hpp"

#include <cassert>
#include <limits>
#include <map>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

Estimate item_weighted(std::span<const double> values,
                       std::span<const int> clusters) {
  assert(values.size() == clusters.size());
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const double middle = mean(values);
  struct Cluster {
    double n = 0, sum = 0;
  };
  std::map<int, Cluster> by_number;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Cluster& cluster = by_number[clusters[i]];
    cluster.n += 1;
    cluster.sum += values[i] - middle;
  }
  // All of the variance is within one cluster: nothing says how they differ.
  if (by_number.size() < 2) return {middle, kNaN, kNaN};
  const auto n = static_cast<double>(values.size());
  double variance = 0, squares = 0, cubes = 0, shares = 0;
  for (const auto& [number, g] : by_number) {
    variance += g.sum * g.sum / (1 - g.n / n) / (n * n);
    const double rest = n - g.n;
    squares += g.n * g.n / (rest * rest);
    cubes += g.n * g.n * g.n / (rest * rest);
    shares += g.n * g.n / rest;
  }
  return {middle, variance,
          n * n / (n * n * squares - 2 * n * cubes + shares * shares)};
}

}  // namespace coxswain::analysis
