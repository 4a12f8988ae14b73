#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// Features of SAEs that a sweep steers with: one features task an SAE, for all
// behaviours, planned when somebody first needs it.
class FeatureVectors {
 public:
  struct Feature {
    std::int32_t number = 0;     // of the SAE
    std::vector<double> clamps;  // ascending
  };

  // Of an SAE of the plan, ascending; row i of its task is the i-th. Throws
  // ProgramError (bad_sweep) for one that the SAE has not, and where one is
  // clamped of an SAE whose features can't be read each by itself.
  static std::vector<Feature> features_of(const Plan& plan, SaeIndex sae);

  TaskIndex task_of(PlanBuilder& builder, SaeIndex sae);
  // Once all are planned: tells of SAEs of which no feature is steered with.
  void note_left_out(PlanBuilder& builder) const;

 private:
  std::map<SaeIndex, TaskIndex> tasks_;
};

// What keys say of a feature: its SAE, its number and, where it is read, how.
std::string feature_name(const Plan& plan, SaeIndex sae, std::int32_t feature,
                         bool clamped);

}  // namespace coxswain::runner
