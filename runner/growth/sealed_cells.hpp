#pragma once

#include "runner/plan/plan.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Whether an earlier program, whose tasks were cut otherwise, sealed what a
// plan asks for: results.h5 has the plan's cells, these and no others, all of
// them computed, and no commit of the journal says what it was made of, as
// those of today's program do. A cell keeps its key from one program to the
// next, so nothing of it need be computed again. Throws FileHeld if another
// program holds the file for writing.
bool sealed_by_earlier_program(const storage::RunDirectory& run,
                               const Plan& plan,
                               const storage::JournalState& journal);

}  // namespace coxswain::runner
