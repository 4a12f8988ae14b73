#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

// At which of n levels something first comes to what is asked of it. n stands
// for "at none of them".
struct Passage {
  std::size_t estimate = 0;
  std::size_t low = 0, high = 0;  // of the 95 % interval, both ends in it
};

// Whether one of n margins is above 0 by the tests of all at once: one-sided t
// at 1 - 0.025 / n.
bool is_above(const Estimate& margin, std::size_t n);

// Values made non-decreasing by least squares, all weighing alike (pool
// adjacent violators, Ayer et al. 1955).
std::vector<double> isotonic(std::span<const double> values);

// The first level whose margin is at least 0. The estimate is that of the
// isotonic margins, no further out than the interval's ends, which come by
// inversion of tests: `low` is the first level whose margin is not below 0 (t
// at 0.975), `high` the first whose margin is above (t at 1 - 0.025 / n: the
// tests of all levels at once). With 95 % the first level whose true margin is
// at least 0 lies between them, whether the margins rise or not: to lie below
// `low` one test has to be wrong, to lie above `high` one of n. A margin
// without a variance (NaN) decides nothing.
Passage first_passage(std::span<const Estimate> margins);

}  // namespace coxswain::analysis
