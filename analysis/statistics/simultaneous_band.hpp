#pragma once

#include <cstddef>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// A band of noise_band.hpp, made so wide that with 95 % none of `n` further
// values of the kind lies outside (Bonferroni: t at 1 - 0.025 / n in the place
// of t at 0.975). `df`: of its t, the number of slopes of a symmetric band, one
// less of a prediction interval. n is at least 1; of 1 the band as it is.
Interval simultaneous_band(const Interval& band, double df, std::size_t n);

}  // namespace coxswain::analysis
