#pragma once

#include <vector>

#include "analysis/measures/steerability.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Whether a variant is, or is made of, a vector of resampled training clusters:
// one draw of what stands in its original's interval.
bool is_resampled(const storage::VariantRow& variant);

// Gives slopes whose vector was resampled what training adds: two-level
// intervals (two_level.hpp), for originals and for reconstructions by the same
// method, part and norm. Resamples that lack an item of the variant's are left
// out. `all` has an entry a variant, of items alone.
void add_training(const storage::Results& results,
                  std::vector<Steerability>& all);

}  // namespace coxswain::analysis
