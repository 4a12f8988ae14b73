#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/measures/steered_place.hpp"
#include "analysis/statistics/cluster_design.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The content slope of one resampled vector.
struct ResampledSlope {
  std::int32_t resample = 0;  // its number: training clusters drawn alike
  double slope = 0;
};

// What a slope has of the training pairs that its vector was made of.
struct Training {
  // Of the vectors of resampled training clusters that were measured on all of
  // the variant's items, ascending by number.
  std::vector<ResampledSlope> slopes;
  std::size_t n_clusters = 0;  // that were resampled
  Estimate estimate;           // two-level; only where two_level() is so
  double bias = 0;             // mean over resamples minus the slope
  bool smooth = true;
  // Whether there is a two-level interval.
  bool two_level() const { return slopes.size() >= 2 && smooth; }
};

// How strongly one variant moves a behaviour's test items (Tan et al. 2024:
// the slope of propensity on multiplier). Slopes per unit multiplier.
struct Steerability {
  std::int32_t variant = 0;         // row of tables/variants
  std::vector<std::int32_t> items;  // rows of tables/items, ascending
  std::vector<double> item_slopes;  // of each
  int n_items = 0, n_missing = 0;   // in the sweep; of these, not measured
  // The clusters that the items fall into; of two answers, those that either
  // is in.
  std::size_t n_clusters = 0, n_first = 0, n_second = 0;
  bool one_answer_each = false;  // every cluster has one of two answers
  bool enough = false;           // clusters for an interval
  double mean_slope = 0;         // over items, each counting once
  double share_negative = 0;     // of the items' slopes: anti-steered
  double rank_correlation = 0;   // mean of the items' (Spearman)
  double curvature = 0;          // mean of the items', per multiplier^2
  // Every cluster counting once; of data with two answers what both share.
  // Its variance is that of the items alone.
  Estimate content;
  // Of `content`, or of its two-level estimate where the vector was resampled.
  // Without limits where there are too few clusters.
  Interval content_slope;
  // Half of what the first answer's slope has more than the second's: what
  // moves with the answer instead of the content. NaN without two answers.
  Interval answer_slope;
  Interval item_weighted;     // mean_slope with its CR2 interval
  double standard_error = 0;  // of the content slope, as its interval has it
  double df = 0;              // of the same
  Training training;
  // Mean gain of P(matching) / (P(matching) + P(other)) from multiplier 0 to
  // probability_multiplier, in percentage points.
  Interval probability_change;
  double probability_multiplier = 0;
  bool symmetric = true;  // each multiplier has its negative
  // NaN of operations without a dose, and of vectors that act together.
  double dose_per_multiplier = 0;
  // Probability of the two answers together: unsteered, and at the largest
  // multipliers of either sign. Falls when steering breaks the model.
  double answer_mass_clean = 0, answer_mass_steered = 0;
};

// One entry a variant, in table order. Items without a number are counted as
// missing and left out. Intervals are of the items alone: 95 %, t over clusters
// (cluster_design.hpp); a slope without enough of them has no limits.
std::vector<Steerability> steerability(const storage::Results& results);

// The original vectors among `all`, which has to outlive it.
class Originals {
 public:
  Originals(const storage::Results& results,
            const std::vector<Steerability>& all);

  // The one that `variant` stands in for, at its dose rule and under its
  // operation; nullptr if it was not swept.
  const Steerability* of(const storage::VariantRow& variant) const;

 private:
  std::map<SteeredPlace, const Steerability*> found_;
};

// "too few clusters (4)": of `clusters`, or of those of the rarer answer.
// Empty where there are enough.
std::string too_few(const Steerability& one);

}  // namespace coxswain::analysis
