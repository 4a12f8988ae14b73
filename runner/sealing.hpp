#pragma once

#include "runner/plan.hpp"
#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

// Writes results.h5 from committed results, in cell order. Cells without a
// result are marked; their numbers are NaN. The bytes are a function of the
// plan and the results alone.
void seal(const Plan& plan, const storage::JournalState& state,
          const storage::RunDirectory& run);

}  // namespace coxswain::runner
