#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "analysis/statistics/statistics.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// How strongly one variant moves a behaviour's test items (Tan et al. 2024:
// the slope of propensity on multiplier). Slopes per unit multiplier.
struct Steerability {
  std::int32_t variant = 0;         // row of tables/variants
  std::vector<std::int32_t> items;  // rows of tables/items, ascending
  std::vector<double> item_slopes;  // of each
  int n_items = 0, n_missing = 0;   // in the sweep; of these, not measured
  double mean_slope = 0;
  double share_negative = 0;    // of the items' slopes: anti-steered
  double rank_correlation = 0;  // mean of the items' (Spearman)
  double curvature = 0;         // mean of the items', per multiplier^2
  // Mean of the two letter groups' mean slopes; the plain mean for words.
  Interval content_slope;
  // (mean over items with matching letter A - mean over B) / 2: what moves
  // with the letter instead of the content. NaN for words.
  Interval letter_slope;
  double standard_error = 0;  // of the content slope
  // How many vectors of resampled pairs are in the content slope's interval
  // beside the items; 0: the vector is taken as it is.
  int n_vectors = 0;
  // Content slope over that of the original it stands in for, with Fieller's
  // interval, and p that they are the same (sign flips of clusters): on the
  // items that both have. NaN for originals, and where there is none; retained
  // is NaN, too, where the original does not steer.
  Interval retained;
  double p_same = 0;
  double dose_per_multiplier = 0;
  // Probability of the two answers together: unsteered, and at the largest
  // multipliers of either sign. Falls when steering breaks the model.
  double answer_mass_clean = 0, answer_mass_steered = 0;
};

// One entry a variant, in table order. Items without a number are counted as
// missing and left out. Intervals are 95 % percentile bootstrap intervals over
// clusters of items; an original whose vector was resampled has a two-level
// one: each draw has items of its own and one of the resampled vectors.
std::vector<Steerability> steerability(const storage::Results& results);

// The original vectors among `all`, which has to outlive it.
class Originals {
 public:
  Originals(const storage::Results& results,
            const std::vector<Steerability>& all);

  // The one that `variant` stands in for, at its dose rule; nullptr if it was
  // not swept.
  const Steerability* of(const storage::VariantRow& variant) const;

 private:
  // By vector and dose rule.
  std::map<std::pair<std::int32_t, std::int32_t>, const Steerability*> found_;
};

// Whether the interval of the content slope excludes 0.
bool steers(const Steerability& one);

}  // namespace coxswain::analysis
