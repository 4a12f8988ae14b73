#pragma once

#include <cstddef>
#include <cstdint>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// d_model of what a task of the plan computes with: of the model or SAE that it
// loads, else of its first input's.
std::int64_t width_of_task(const Plan& plan, std::size_t task);

}  // namespace coxswain::runner
