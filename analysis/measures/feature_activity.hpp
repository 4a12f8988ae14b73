#pragma once

#include <cstdint>
#include <vector>

#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What one feature does on activations of one source.
struct FeatureActivity {
  std::int64_t tokens = -1;  // activations; -1: not computed
  // NaN if not computed.
  double rate, mean, most, projection, projection_sd;
};

// What is left out of the rows of reference text that a report is to show:
// sinks where the sweep leaves them out, else `otherwise`.
storage::NormExclusion text_exclusion(const storage::Results& results,
                                      storage::NormExclusion otherwise);

// tables/feature_activity with its arrays, by what is asked of it. The results
// have to outlive it.
class FeatureActivities {
 public:
  explicit FeatureActivities(const storage::Results& results);

  bool empty() const { return results_.activity.empty(); }
  // Of the row of tables/saes; behaviour -1: reference text.
  FeatureActivity of(
      std::int32_t sae, std::int32_t feature, std::int32_t behaviour,
      storage::NormSource source,
      storage::NormExclusion excluded = storage::NormExclusion::none) const;
  // The cell of such a row of the table; -1 if there is none.
  std::int64_t cell(std::int32_t sae, std::int32_t behaviour) const;

 private:
  const storage::Results& results_;
  std::vector<std::int64_t> offsets_;
  std::vector<float> rate_, mean_, most_, projection_, projection_sd_;
};

}  // namespace coxswain::analysis
