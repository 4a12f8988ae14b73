#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Where features fire most in the reference text.

// A feature of an SAE: row of tables/saes, then the feature.
using FeatureOfSae = std::pair<std::int32_t, std::int32_t>;

// The contexts of each feature that has some, the one where it fires most
// first. Pointers into the results.
using ContextsOfFeatures =
    std::map<FeatureOfSae, std::vector<const storage::ContextRow*>>;
ContextsOfFeatures contexts_of_features(const storage::Results& results);

// Features that have contexts: SAE by SAE, first those that Table 1 names, in
// the order in which it does, then the others by their numbers.
std::vector<FeatureOfSae> by_importance(const storage::Results& results,
                                        const ContextsOfFeatures& contexts);

// A context as one line of people's text, cut at both ends.
struct ContextText {
  std::string before, token, after;
};
ContextText context_text(const storage::ContextRow& row);

}  // namespace coxswain::analysis
