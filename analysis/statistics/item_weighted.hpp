#pragma once

#include <span>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

// The mean over items, each counting once: a check on content(), where clusters
// count once. Its variance is the cluster-robust one with the bias-reduced
// linearisation of Bell and McCaffrey (2002; CR2), V = sum_g n_g^2 (y_g - y)^2
// / (1 - n_g / N) / N^2, and df Satterthwaite's for it (Pustejovsky and Tipton
// 2018), N^2 / (N^2 sum n_g^2 / (N - n_g)^2 - 2 N sum n_g^3 / (N - n_g)^2 +
// (sum n_g^2 / (N - n_g))^2). values, clusters [n_items].
Estimate item_weighted(std::span<const double> values,
                       std::span<const int> clusters);

}  // namespace coxswain::analysis
