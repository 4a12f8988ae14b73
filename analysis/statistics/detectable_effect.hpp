#pragma once

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

// What a test set could show before anything is computed: the smallest effect
// that a two-sided t test at 5 % finds in four of five experiments (power 80
// %), in units of the standard deviation of clusters' slopes. The power is that
// of the noncentral t distribution (Cohen 1988, Statistical Power
// Analysis, 2.2).

// Of the mean of `clusters` slopes: standard error 1 / sqrt(G), G - 1 degrees
// of freedom. NaN of fewer than kLeastClusters.
double detectable_effect(int clusters);

// Of half the sum of the means of two sorts of clusters, each with one of two
// answers: standard error sqrt(1 / G_A + 1 / G_B) / 2, Welch's degrees of
// freedom for equal deviations. NaN if one has fewer than kLeastOfAnswer, or
// both together fewer than kLeastClusters.
double detectable_effect(int first, int second);

}  // namespace coxswain::analysis
