#pragma once

#include <cstdint>
#include <span>

#include "jobs/cost/task_cost.hpp"
#include "jobs/decomposition/method_names.hpp"
#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// What one method takes for one vector, estimated: how often iterations turn
// and how many coefficients encoders give is known only afterwards.
struct MethodEffort {
  double encoded = 0;     // rows through the encoder
  bool pairwise = false;  // ... for each pair
  double passes = 0;      // correlations with all atoms
  double flops = 0;       // of solving, beside them
  double atoms = 0;       // coefficients that are not 0
};
// The effort of one method. Throws JobError for one that we don't have.
MethodEffort effort_of(const MethodChoice& method, const SaeHeader& sae);

// What a decompose task takes; `n_pairs` [vector tasks] are the pairs of each.
TaskCost cost_of(const DecomposeTask& task, const SaeHeader& sae,
                 std::span<const std::int64_t> n_pairs);

// Features that usually fire on an activation, and on any of a behaviour's
// pairs, as seen on real SAEs.
double usual_l0(const SaeHeader& sae);
double usually_firing(const SaeHeader& sae);

// Bytes of an SAE in a worker's memory: whole, or the buffers of its blocks.
std::int64_t resident_bytes(const SaeHeader& sae);

}  // namespace coxswain::jobs
