#include "analysis/statistics/two_level.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double covariance_of(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2) return kNaN;
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return products / static_cast<double>(a.size() - 1);
}

// A bootstrap of G clusters has (G - 1) / G of the variance of their mean.
double unshrunk(double covariance, std::size_t n_train_clusters) {
  assert(n_train_clusters >= 2);
  const auto g = static_cast<double>(n_train_clusters);
  return covariance * g / (g - 1);
}

}  // namespace

TwoLevel two_level(const Estimate& items, std::span<const double> resamples,
                   std::size_t n_train_clusters) {
  std::vector<double> there;
  for (const double one : resamples) {
    if (!std::isnan(one)) there.push_back(one);
  }
  const double v_items = items.variance;
  const double v_vec = unshrunk(covariance_of(there, there), n_train_clusters);
  const double df_vec =
      static_cast<double>(std::min(there.size(), n_train_clusters)) - 1;
  const double v = v_items + v_vec;
  TwoLevel out;
  out.estimate = {items.value, v, kNaN};
  if (!std::isnan(v)) {
    // Without any variance its degrees of freedom are of no consequence.
    out.estimate.df =
        v == 0
            ? std::min(items.df, df_vec)
            : v * v / (v_items * v_items / items.df + v_vec * v_vec / df_vec);
  }
  out.bias = mean(there) - items.value;
  const double half = interval_of(out.estimate).high - items.value;
  out.smooth = !(std::abs(out.bias) > half / 2);
  return out;
}

double training_covariance(std::span<const double> a, std::span<const double> b,
                           std::size_t n_train_clusters) {
  assert(a.size() == b.size());
  std::vector<double> of_a, of_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    // They belong together one by one: where either is missing, both go.
    if (std::isnan(a[i] + b[i])) continue;
    of_a.push_back(a[i]);
    of_b.push_back(b[i]);
  }
  return unshrunk(covariance_of(of_a, of_b), n_train_clusters);
}

}  // namespace coxswain::analysis
