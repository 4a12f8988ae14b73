#pragma once

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Tries a model's SAEs on its activations of its training prompts under each
// convention, and prints how they do. Returns the number of problems. Throws
// ProgramError (bad_sae).
std::size_t print_sae_checks(const Plan& plan, const PlannedModel& model);

}  // namespace coxswain::runner
