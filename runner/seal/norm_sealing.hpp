#pragma once

#include <functional>

#include "runner/plan/plan.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::runner {

// The result of a task; nullptr if it is not done. Good until the next call.
using ResultOf = std::function<const storage::ArrayMap*(std::size_t task)>;

// Fills tables.norms and its arrays. A row of which a task is missing has a
// count of -1, and NaNs.
void fill_norms(const Plan& plan, const ResultOf& result,
                storage::Results& tables);

}  // namespace coxswain::runner
