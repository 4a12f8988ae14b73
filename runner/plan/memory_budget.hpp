#pragma once

#include <cstdint>
#include <optional>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Program and libraries, libtorch and BLAS above all, once they have computed:
// as seen on Debian 12.
constexpr std::int64_t kProcessBytes = 180 << 20;

// What a task of the plan may need at once beside the program, the largest
// model and the largest SAE, all of which a worker may have in memory (a GPU's,
// where one computes, but for the program); nothing if the sweep declares no
// memory. Negative: not even these fit.
std::optional<std::int64_t> memory_for_tasks(const Plan& plan);

// What models and SAEs may take together while they stay loaded: as much as the
// largest of each, or what a declared memory leaves beside the largest task.
std::int64_t resident_bytes(const Plan& plan);

// Throws ProgramError (bad_sweep) if a task needs more than that.
void check_memory(const Plan& plan);

}  // namespace coxswain::runner
