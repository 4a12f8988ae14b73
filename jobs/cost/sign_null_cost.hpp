#pragma once

#include <cstdint>
#include <span>

#include "jobs/cost/task_cost.hpp"
#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// What a sign null task takes; `n_pairs` [vector tasks] are the pairs of each.
TaskCost cost_of(const SignNullTask& task, const SaeHeader& sae,
                 std::span<const std::int64_t> n_pairs);

}  // namespace coxswain::jobs
