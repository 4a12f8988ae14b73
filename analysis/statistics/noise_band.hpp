#pragma once

#include <span>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// Where 95 % of further slopes of a kind of noise lie whose sign is as often
// one as the other: 0 +- t(0.975, K) rms of the K seeds' slopes. The estimate
// is the seeds' mean. NaN limits of no seed.
Interval symmetric_band(std::span<const double> slopes);

// Where 95 % of further values like these lie, by their mean and deviation:
// mean +- t(0.975, K - 1) s sqrt(1 + 1 / K). NaN limits of one value.
Interval prediction_interval(std::span<const double> values);

// (1 + #{|s_k| >= |s|}) / (K + 1): the rank of a slope among those of noise.
// NaN without noise, or without a slope.
double rank_p(double slope, std::span<const double> noise);

}  // namespace coxswain::analysis
