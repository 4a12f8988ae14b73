#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// Reads a model's headers into the plan. None if there is nothing to do for it:
// exclusions leave no vector of it, or an earlier model is the same one.
// Throws ProgramError (bad_model, bad_sweep) for what can't be used as it is.
ModelIndex add_model(PlanBuilder& builder, const ModelEntry& entry,
                     const DigestSource& digests);

}  // namespace coxswain::runner
