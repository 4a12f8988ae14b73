#include "analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <random>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kSeed = 20241108;

// Below n < 2^32, from the high bits: std's distributions differ between
// libraries.
std::size_t draw(std::mt19937_64& random, std::size_t n) {
  return static_cast<std::size_t>(((random() >> 32) * n) >> 32);
}

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
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    products += (x[i] - mean_x) * (y[i] - mean_y);
    squares += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return squares == 0 ? kNaN : products / squares;
}

double quantile(std::span<const double> sorted, double share) {
  if (sorted.empty()) return kNaN;
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = at - static_cast<double>(below);
  return sorted[below] * (1 - weight) + sorted[above] * weight;
}

Interval bootstrap(
    const std::vector<Cluster>& clusters,
    const std::function<double(std::span<const std::size_t>)>& statistic,
    int n_resamples) {
  std::map<int, std::vector<const Cluster*>> groups;
  std::vector<std::size_t> all;
  for (const Cluster& cluster : clusters) {
    groups[cluster.group].push_back(&cluster);
  }
  for (const auto& [group, members] : groups) {
    for (const Cluster* cluster : members) {
      all.insert(all.end(), cluster->members.begin(), cluster->members.end());
    }
  }
  std::mt19937_64 random(kSeed);
  std::vector<double> values;
  std::vector<std::size_t> drawn;
  for (int i = 0; i < n_resamples; ++i) {
    drawn.clear();
    for (const auto& [group, members] : groups) {
      for (std::size_t j = 0; j < members.size(); ++j) {
        const Cluster* cluster = members[draw(random, members.size())];
        drawn.insert(drawn.end(), cluster->members.begin(),
                     cluster->members.end());
      }
    }
    const double value = statistic(drawn);
    if (!std::isnan(value)) values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  return {statistic(all), quantile(values, 0.025), quantile(values, 0.975)};
}

}  // namespace coxswain::analysis
