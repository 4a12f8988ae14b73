#pragma once

#include "runner/seal/norm_sealing.hpp"

namespace coxswain::runner {

// Fills tables.contexts, of the features that the other tables name: the
// strongest of vectors' and the zero vector's decompositions, the first of
// code_differences and active_features, and those of the paper's Figure 4.
// Nothing for an SAE of which a task is missing.
void fill_contexts(const Plan& plan, const ResultOf& result,
                   storage::Results& tables);

}  // namespace coxswain::runner
