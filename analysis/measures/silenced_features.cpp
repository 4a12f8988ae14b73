#include "analysis/measures/silenced_features.hpp"

#include <map>
#include <utility>

namespace coxswain::analysis {
namespace {

double difference(const storage::CodeDifferenceRow& row) {
  return row.mean_code_positive - row.mean_code_negative;
}

bool is_silenced(const storage::CodeDifferenceRow& row) {
  return difference(row) < 0 && row.encoder_projection < 0 && row.code == 0;
}

// Whether v itself turns a feature on, and hardly what v is the difference of.
bool is_candidate(const storage::ActiveFeatureRow& row, double rare_rate) {
  return row.code_zero == 0 && row.rate_positive < rare_rate &&
         row.rate_negative < rare_rate;
}

void find_spurious(const storage::Results& results, double rare_rate,
                   SilencedFeature& found) {
  if (results.active_features.empty()) return;
  const storage::Array& array =
      storage::at(results.arrays, "active_feature_cosines", "results");
  const auto cosines = storage::floats(array);
  const auto ranks = static_cast<std::size_t>(array.shape.at(1));
  double least = 0;  // what points along it is not meant
  for (std::size_t i = 0; i < results.active_features.size(); ++i) {
    const storage::ActiveFeatureRow& row = results.active_features[i];
    if (row.vector != found.row->vector || row.sae != found.row->sae ||
        !is_candidate(row, rare_rate)) {
      continue;
    }
    const double cosine =
        cosines.at(ranks * i + static_cast<std::size_t>(found.row->rank));
    // Below, not at most: of equal ones the stronger stays, which comes first.
    if (cosine >= least) continue;
    least = found.cosine = cosine;
    found.spurious = &row;
  }
}

}  // namespace

std::vector<SilencedFeature> silenced_features(const storage::Results& results,
                                               double rare_rate) {
  std::map<std::pair<std::int32_t, std::int32_t>, SilencedFeature> chosen;
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    if (!is_silenced(row)) continue;
    auto& best = chosen[{row.vector, row.sae}].row;
    // Rows come by rank: of equal ones the first stays.
    if (best == nullptr || difference(row) < difference(*best)) best = &row;
  }
  std::vector<SilencedFeature> all;
  for (auto& [key, one] : chosen) {
    if (results.vectors.at(static_cast<std::size_t>(key.first)).resample >= 0) {
      continue;
    }
    find_spurious(results, rare_rate, one);
    all.push_back(one);
  }
  return all;
}

}  // namespace coxswain::analysis
