#pragma once

#include <limits>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The paper's Figure 4, of one vector and SAE.
struct SilencedFeature {
  // The feature that loses most from x- to x+, of those that v reaches against
  // and has no code of.
  const storage::CodeDifferenceRow* row = nullptr;
  // The feature whose decoder row points away from that of `row` most, of those
  // that f(v) has and the zero vector's code has not, and that rarely fire on
  // either side; nullptr where none does.
  const storage::ActiveFeatureRow* spurious = nullptr;
  double cosine = std::numeric_limits<double>::quiet_NaN();  // of their rows
};

// What firing rarely means: on less than this share of the x+, and of the x-.
constexpr double kRareRate = 0.05;

// One entry for each vector and SAE that has such a feature; ties to the higher
// rank. Pointers into the results.
std::vector<SilencedFeature> silenced_features(const storage::Results& results,
                                               double rare_rate = kRareRate);

}  // namespace coxswain::analysis
