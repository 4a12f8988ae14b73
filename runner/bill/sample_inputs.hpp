#pragma once

#include <map>
#include <vector>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Inputs for tasks that are timed alone: of the shapes that the plan's tasks
// would give. Activations are those of a task that was timed before, as often
// as there have to be pairs; what is steered with is zero.
class SampleInputs {
 public:
  explicit SampleInputs(const Plan& plan) : plan_(plan) {}

  // What such a task gave; activations and vectors are made of it.
  void learn(jobs::TaskKind kind, jobs::TaskOutput output) {
    learned_[kind] = std::move(output);
  }
  std::vector<storage::ArrayMap> of(std::size_t task) const;

 private:
  storage::ArrayMap made_by(std::size_t task, InputBulk bulk) const;
  const jobs::TaskOutput& activations() const;
  // Bulk of a task that reads so many pairs.
  storage::ArrayMap activations_of(std::int64_t pairs) const;
  std::int64_t imported_pairs(std::size_t task) const;

  const Plan& plan_;
  std::map<jobs::TaskKind, jobs::TaskOutput> learned_;
};

}  // namespace coxswain::runner
