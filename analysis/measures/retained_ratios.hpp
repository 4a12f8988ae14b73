#pragma once

#include <vector>

#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/steerability.hpp"
#include "analysis/measures/steers.hpp"
#include "analysis/statistics/ratio_set.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What each variant keeps of its original's content slope: an entry a variant,
// without a number for originals, noise and resampled vectors, where the
// original does not steer, and where there are too few clusters. On the items
// that both have, with the covariance of both and t of the original's degrees
// of freedom. Where both have resamples of the same numbers and two-level
// intervals, training is in all three variances; else in none. `slopes` and
// `verdicts` have an entry a variant.
std::vector<RatioSet> retained_ratios(const storage::Results& results,
                                      const std::vector<Steerability>& slopes,
                                      const std::vector<Verdict>& verdicts);

// The set of ratios of two content slopes on the items that both have, t at
// `share` of the second's degrees of freedom; with training in it where both
// have that. No set where there are too few clusters.
RatioSet ratio_of(const Steerability& one, const Steerability& other,
                  ItemDesigns& designs, double share);

}  // namespace coxswain::analysis
