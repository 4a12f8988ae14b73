#pragma once

#include <cstddef>
#include <span>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

// The slope, on new test clusters, of the vector that infinitely many training
// clusters would give; centred on the original vector's.
struct TwoLevel {
  // V = V_items + V_vec, V_vec = G_t / (G_t - 1) x the variance over resamples
  // of the mean slope; df = V^2 / (V_items^2 / df_items + V_vec^2 / (min(R,
  // G_t) - 1)) (Satterthwaite 1946).
  Estimate estimate;
  double bias = 0;  // mean over resamples minus original
  // Whether |bias| is at most half of the half-width: beyond, the method is not
  // smooth in its vector and has no two-level interval.
  bool smooth = true;
};

// `items`: content() of the original vector on the test items; `resamples` [R]:
// the content slopes of vectors of resampled training clusters on the same
// items, R >= 2; `n_train_clusters` G_t: those that were resampled, >= 2.
TwoLevel two_level(const Estimate& items, std::span<const double> resamples,
                   std::size_t n_train_clusters);

// What training adds to the covariance of two estimates whose resamples [R]
// belong together one by one.
double training_covariance(std::span<const double> a, std::span<const double> b,
                           std::size_t n_train_clusters);

}  // namespace coxswain::analysis
