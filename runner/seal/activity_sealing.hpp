#pragma once

#include "runner/seal/norm_sealing.hpp"

namespace coxswain::runner {

// Fills tables.activity and its arrays. A row of which a task is missing counts
// -1 tokens and has no features.
void fill_activity(const Plan& plan, const ResultOf& result,
                   storage::Results& tables);

}  // namespace coxswain::runner
