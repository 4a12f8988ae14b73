#include "runner/stages/feature_vectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// As reconstructions that are steered with: by the first convention.
bool subtracts_b_dec(const PlannedSae& sae) {
  const BDecInput first = sae.entry.b_dec_input.front();
  return first == BDecInput::native ? sae.header.b_dec_input
                                    : first == BDecInput::subtract;
}

[[noreturn]] void refuse(const Plan& plan, const std::string& found,
                         const std::string& expected) {
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{plan.sweep.path, "feature", found, expected, ""});
}

}  // namespace

std::vector<FeatureVectors::Feature> FeatureVectors::features_of(
    const Plan& plan, SaeIndex sae) {
  const PlannedSae& of = at(plan.saes, sae);
  std::map<std::int32_t, std::set<double>> all;
  for (const FeatureEntry& entry : plan.sweep.features) {
    if (std::ranges::count(entry.saes, of.entry.id) == 0) continue;
    for (const int feature : entry.features) {
      if (feature >= of.header.d_sae) {
        refuse(plan, fmt::format("{} of {}", feature, of.entry.id),
               fmt::format("less than {}", of.header.d_sae));
      }
      all[feature].insert(entry.clamps.begin(), entry.clamps.end());
    }
    const std::string reason = jobs::why_not_alone(of.header);
    if (!reason.empty() && !entry.clamps.empty()) {
      refuse(plan, fmt::format("clamp of {}, {}", of.entry.id, reason),
             "an SAE of architecture standard, jumprelu or gated that "
             "normalises nothing; without clamp its decoder rows are added");
    }
  }
  std::vector<Feature> features;
  for (const auto& [number, clamps] : all) {
    features.push_back({number, {clamps.begin(), clamps.end()}});
  }
  return features;
}

TaskIndex FeatureVectors::task_of(PlanBuilder& builder, SaeIndex sae) {
  const auto found = tasks_.find(sae);
  if (found != tasks_.end()) return found->second;
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  jobs::FeaturesTask task{of.source, subtracts_b_dec(of), {}};
  for (const Feature& one : features_of(plan, sae)) {
    task.features.push_back(one.number);
  }
  const auto cost = jobs::cost_of(task, of.header.d_in);
  const TaskIndex made = builder.add_task(std::move(task), {}, cost);
  tasks_.emplace(sae, made);
  return made;
}

void FeatureVectors::note_left_out(PlanBuilder& builder) const {
  const Plan& plan = builder.plan();
  for (const FeatureEntry& entry : plan.sweep.features) {
    for (const std::string& id : entry.saes) {
      bool there = false, steered = false;
      for (std::size_t i = 0; i < plan.saes.size(); ++i) {
        if (plan.saes[i].entry.id != id) continue;
        there = true;
        steered = steered || tasks_.contains(SaeIndex(i));
      }
      if (steered || (there && says_something(plan.sweep.only))) continue;
      builder.add_note(
          there ? "no feature of SAE " + id +
                      " is steered with: no cell of them is left"
                : "no feature of SAE " + id +
                      " is steered with: it is not decomposed with, or is "
                      "taken as another id of the same files, which has to be "
                      "named");
    }
  }
}

std::string feature_name(const Plan& plan, SaeIndex sae, std::int32_t feature,
                         bool clamped) {
  const PlannedSae& of = at(plan.saes, sae);
  return fmt::format(
      "{} {} {}{}", of.source.digest, of.source.facts, feature,
      clamped ? subtracts_b_dec(of) ? " b_dec=1" : " b_dec=0" : "");
}

}  // namespace coxswain::runner
