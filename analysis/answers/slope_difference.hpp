#pragma once

#include <vector>

#include "analysis/answers/equal_noise.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// What one variant moves more than another, on the items that both and the
// original have. Where all three have the same resamples and two-level
// intervals, training is in all variances; else in none.
struct SlopeDifference {
  const Steerability* more = nullptr;
  const Steerability* less = nullptr;
  Interval difference;   // of content slopes; NaN limits of too few clusters
  RatioSet of_original;  // the difference over the original's slope
};

SlopeDifference slope_difference(const ReportSource& source,
                                 const Steerability& more,
                                 const Steerability& less,
                                 const Steerability& original);

// Whether it is shown that `more` moves items more than `less` the original's
// way: the interval excludes 0 there, and the difference is larger than that of
// two directions without a meaning (`bands`, of the original's length).
bool is_more(const SlopeDifference& one, const Steerability& original,
             const std::vector<KindBand>& bands);

}  // namespace coxswain::analysis
