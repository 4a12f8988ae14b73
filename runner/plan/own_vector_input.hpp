#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

// Reads the sweep's vectors of the user's own that are for a model into the
// plan: each on the items of each of its behaviours that exclusions leave,
// behind the model's other behaviours. Throws ProgramError (bad_data) for files
// that can't be used with this model: of another width, of another model's
// digest unless that was allowed, without the layers that are asked for.
void add_own_vectors(PlanBuilder& builder, ModelIndex model,
                     const DigestSource& digests);

}  // namespace coxswain::runner
