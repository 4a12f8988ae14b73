#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// Reads the headers of the SAEs that the sweep has for a model into the plan:
// those of which exclusions leave any cell, each once. Throws ProgramError
// (bad_sae, bad_sweep) for what can't be used as it is.
void add_saes(PlanBuilder& builder, ModelIndex model,
              const DigestSource& digests);

}  // namespace coxswain::runner
