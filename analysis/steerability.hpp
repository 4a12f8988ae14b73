#pragma once

#include <cstdint>
#include <vector>

#include "analysis/statistics.hpp"
#include "storage/results_file.hpp"

namespace coxswain::analysis {

// How strongly one variant moves a behaviour's test items (Tan et al. 2024:
// the slope of propensity on multiplier). Slopes per unit multiplier.
struct Steerability {
  std::int32_t variant = 0;  // row of tables/variants
  std::vector<double> item_slopes;
  int n_items = 0, n_missing = 0;
  double mean_slope = 0;
  double share_negative = 0;  // of the items' slopes
  // Mean of the two letter groups' mean slopes; the plain mean for words.
  Interval content_slope;
  // (mean over items with matching letter A - mean over B) / 2: what moves
  // with the letter instead of the content. NaN for words.
  Interval letter_slope;
  double dose_per_multiplier = 0;
  // Probability of the two answers together: unsteered, and at the largest
  // multipliers of either sign. Falls when steering breaks the model.
  double answer_mass_clean = 0, answer_mass_steered = 0;
};

// One entry a variant, in table order. Items without a number are counted as
// missing and left out.
std::vector<Steerability> steerability(const storage::Results& results);

// Of `all`, the original vector that `variant` stands in for; nullptr if it was
// not swept.
const Steerability* original_of(const storage::Results& results,
                                const std::vector<Steerability>& all,
                                const storage::VariantRow& variant);

// Whether the interval of the content slope excludes 0.
bool steers(const Steerability& one);

}  // namespace coxswain::analysis
