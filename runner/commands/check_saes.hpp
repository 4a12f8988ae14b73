#pragma once

#include <optional>
#include <string>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Tries a model's SAEs on its activations of its training prompts under each
// convention, and prints how they do. Returns the number of problems. Throws
// ProgramError (bad_sae).
std::size_t print_sae_checks(const Plan& plan, const PlannedModel& model);

// What the files at a path say of an SAE, of a format that is told by them;
// none: it is something else.
std::optional<jobs::SaeHeader> sae_at(const std::string& path);
// Prints it, by itself.
void print_sae(const std::string& path, const jobs::SaeHeader& header);

}  // namespace coxswain::runner
