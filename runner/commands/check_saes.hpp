#pragma once

#include <string>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Tries a model's SAEs on its activations of its training prompts under each
// convention, and prints how they do. Returns the number of problems. Throws
// ProgramError (bad_sae).
std::size_t print_sae_checks(const Plan& plan, const PlannedModel& model);

// Whether a path is an SAE's, of a format that is told by its files.
bool names_sae(const std::string& path);
// Prints what its files say of an SAE, by itself. Throws ProgramError
// (bad_sae).
void print_sae(const std::string& path);

}  // namespace coxswain::runner
