#pragma once

#include "runner/growth/causes.hpp"
#include "runner/plan/plan.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What the starts before were made of: what they noted, or, of a run of an
// older program, its newest start's sweep worked out again with the data as
// they are now, and the digests of its results.h5. Reads no weights. What can't
// be known is among its notes.
Earlier earlier_inputs(const storage::RunDirectory& run,
                       const storage::JournalState& journal, const Plan& plan);

}  // namespace coxswain::runner
