#include <algorithm>

#include "runner/stages/variant_requests.hpp"

// Features of SAEs among what is done to the model.

namespace coxswain::runner {

// Of an SAE's features, whose task is the last of its inputs.
std::size_t VariantRequests::origin_of_features(SaeIndex sae) {
  const auto found = std::ranges::find_if(
      origins_,
      [&](const VariantOrigin& one) { return one.sae == sae && one.features; });
  if (found != origins_.end()) {
    return static_cast<std::size_t>(found - origins_.begin());
  }
  VariantOrigin origin = begin(false);
  origin.sae = sae;
  origin.features = origin.inputs.size();
  origins_.push_back(std::move(origin));
  return origins_.size() - 1;
}

// Each data set's items are steered with features once, beside the vector of
// the first way to make one of them, the mean difference if it is among these:
// whatever else the sweep has or leaves out.
bool VariantRequests::carries_features() const {
  const jobs::VectorMethod first =
      makes(plan_.sweep, jobs::VectorMethod::mean_difference)
          ? jobs::VectorMethod::mean_difference
          : plan_.sweep.vector_methods.front();
  const PlannedOwnVector* own = own_vector_of(plan_, behaviour_);
  return own == nullptr ? first == jobs::VectorMethod::mean_difference
                        : own->method == first;
}

// Features of SAEs of this layer.
void VariantRequests::add_features(const jobs::VariantRequest& base,
                                   int layer) {
  if (!carries_features()) return;
  const ModelIndex model = model_of(plan_, behaviour_);
  for (std::size_t i = 0; i < plan_.saes.size(); ++i) {
    const PlannedSae& sae = plan_.saes[i];
    if (sae.entry.layer != layer || sae.model != model) continue;
    const auto features = FeatureVectors::features_of(plan_, SaeIndex(i));
    if (features.empty()) continue;
    const std::size_t origin = origin_of_features(SaeIndex(i));
    jobs::VariantRequest request = base;
    request.source = jobs::VariantSource::feature;
    const std::size_t input = origins_[origin].features.value_or(0);
    request.input = static_cast<std::int32_t>(input);
    for (request.row = 0; request.row < std::ssize(features); ++request.row) {
      add_feature(origin, request,
                  features[static_cast<std::size_t>(request.row)]);
    }
    // What is left out waits for nothing.
    VariantOrigin& of = origins_[origin];
    if (of.task.requests.empty() || of.inputs.size() > input) continue;
    of.inputs.push_back(features_.task_of(builder_, SaeIndex(i)));
  }
}

// Its decoder row under the sweep's operations, and, once, the feature clamped
// to each of its values.
void VariantRequests::add_feature(std::size_t origin,
                                  const jobs::VariantRequest& base,
                                  const FeatureVectors::Feature& feature) {
  const SteerEntry& steer = plan_.sweep.steer;
  const SaeIndex sae = origins_[origin].sae;
  const SaeEntry& entry = at(plan_.saes, sae).entry;
  CellTraits traits = traits_of(entry.layer);
  traits.sae = entry.id;
  storage::VariantRow row;
  row.layer = entry.layer;
  row.sae = sae.column();
  row.feature = feature.number;
  jobs::VariantRequest request = base;
  for (const jobs::NormRule norm : steer.norms) {
    request.norm_rule = norm;
    add(origin, traits, request, row);
  }
  if (base.dose_rule != steer.doses.front()) return;
  request.norm_rule = jobs::NormRule::as_is;
  request.dose_rule = jobs::DoseRule::raw;
  std::vector<Acting> values;
  for (const double value : feature.clamps) {
    values.push_back({jobs::Operation::clamp, value});
  }
  if (!values.empty()) add(origin, traits, {request}, row, values);
}

}  // namespace coxswain::runner
