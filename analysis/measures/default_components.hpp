#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/forms/table.hpp"
#include "analysis/measures/feature_activity.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The paper's Figure 3, of one vector and SAE: the feature that fires most on
// the zero vector, and what vectors and activations have of it, as the SAE
// treats b_dec itself. Where nothing fires on the zero vector, the strongest
// feature of the vector's own code.
struct DefaultComponent {
  std::int32_t sae = 0, vector = 0, behaviour = 0, feature = 0;
  // NaN where it was not computed, or is not in the sweep.
  double of_zero = 0, of_vector = 0;  // f(0), f(v)
  double projection = 0;              // <v, W_enc[:, j]>
  // The text's without sinks where the sweep says so, else without first
  // tokens.
  FeatureActivity positive, negative, text;
  std::vector<std::pair<double, double>> scaled;  // c and f(c v), c ascending
  Coverage code, activity, scales;                // cells behind them
};

// One entry for each SAE and vector, by SAE first.
std::vector<DefaultComponent> default_components(
    const storage::Results& results);

}  // namespace coxswain::analysis
