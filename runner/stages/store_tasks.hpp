#pragma once

#include <cstdint>
#include <vector>

#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// One task's share of a behaviour's activations: some rows of some layers, of
// which those of the set that is stored are wanted.
struct ActivationPiece {
  TaskIndex task;  // an extract or a store task
  std::int64_t first_row = 0, n_rows = 0;
  std::vector<std::int32_t> layers;  // of the task's array
};

// The tasks that store a behaviour's strings, each pair's in one of them: pairs
// that follow each other, as many as fit into a record, and as many layers at
// once as the longest pair leaves room for. Layers that are not wanted change
// nothing for the others. Throws ProgramError (bad_sweep) for a pair that is
// larger than a record.
std::vector<ActivationPiece> add_store_tasks(
    PlanBuilder& builder, BehaviourIndex behaviour,
    const std::vector<std::int32_t>& wanted);

}  // namespace coxswain::runner
