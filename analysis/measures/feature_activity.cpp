#include "analysis/measures/feature_activity.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

storage::NormExclusion text_exclusion(const storage::Results& results,
                                      storage::NormExclusion otherwise) {
  constexpr auto kSinks = storage::NormExclusion::sinks;
  const bool sinks = std::ranges::any_of(results.activity, [](const auto& row) {
    return is(row.excluded, kSinks);
  });
  return sinks ? kSinks : otherwise;
}

FeatureActivities::FeatureActivities(const storage::Results& results)
    : results_(results) {
  if (results.activity.empty()) return;
  const auto array = [&](const char* name) -> const storage::Array& {
    return storage::at(results.arrays, std::string("feature_activity/") + name,
                       "results");
  };
  offsets_ = storage::integers(array("offsets"));
  rate_ = storage::floats(array("rate"));
  mean_ = storage::floats(array("mean"));
  most_ = storage::floats(array("max"));
  projection_ = storage::floats(array("projection_mean"));
  projection_sd_ = storage::floats(array("projection_sd"));
}

FeatureActivity FeatureActivities::of(std::int32_t sae, std::int32_t feature,
                                      std::int32_t behaviour,
                                      storage::NormSource source,
                                      storage::NormExclusion excluded) const {
  for (std::size_t i = 0; i < results_.activity.size(); ++i) {
    const storage::ActivityRow& row = results_.activity[i];
    if (row.sae != sae || row.behaviour != behaviour ||
        !is(row.source, source) || !is(row.excluded, excluded)) {
      continue;
    }
    const auto at = static_cast<std::size_t>(offsets_.at(i) + feature);
    if (row.tokens < 0 || static_cast<std::int64_t>(at) >= offsets_.at(i + 1)) {
      break;
    }
    return {row.tokens,   rate_.at(at),       mean_.at(at),
            most_.at(at), projection_.at(at), projection_sd_.at(at)};
  }
  return {-1, kNaN, kNaN, kNaN, kNaN, kNaN};
}

std::int64_t FeatureActivities::cell(std::int32_t sae,
                                     std::int32_t behaviour) const {
  for (const storage::ActivityRow& row : results_.activity) {
    if (row.sae == sae && row.behaviour == behaviour) return row.cell;
  }
  return -1;
}

}  // namespace coxswain::analysis
