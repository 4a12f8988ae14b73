#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

// What ObserveTask gives: two histograms of norms a layer, of the texts' first
// tokens and of all others.
namespace coxswain::jobs::observe_result {

// Of the norms in one bin: their sum and that of their squares, each as two
// numbers that add up exactly (exact_parts.hpp), in units that the bin decides.
struct Moments {
  double sum_whole = 0, sum_rest = 0;
  double squares_whole = 0, squares_rest = 0;
  double lowest = 0;
  double highest = 0;
};

// Bins of histogram i are numbers offsets[i] up to offsets[i + 1] of the other
// arrays. [2 n_layers + 1]
inline constexpr NumbersOf<std::int64_t> kOffsets{"offsets"};
// [n_bins] each: a bin's number as NormHistogram has it, the norms in it.
inline constexpr NumbersOf<std::int64_t> kBins{"bins"};
inline constexpr NumbersOf<std::int64_t> kCounts{"counts"};
inline constexpr RowsOf<Moments> kMoments{"moments"};

}  // namespace coxswain::jobs::observe_result
