#pragma once

#include <string>
#include <vector>

#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// The key of a vector's cell, for the keys of what is made of the vector.
std::string vector_name(const PlanBuilder& builder,
                        RowOf<storage::VectorRow> vector);

// The key of the random numbers of a vector's stand-in: one for every SAE that
// takes it apart, and for steering with it. `clusters` are those of the
// vector's pairs, which decide what shuffled and resampled vectors are.
storage::Key control_key(const PlanBuilder& builder, jobs::Control control,
                         RowOf<storage::VectorRow> vector, int seed,
                         const std::vector<jobs::PairCluster>& clusters);

}  // namespace coxswain::runner
