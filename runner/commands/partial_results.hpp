#pragma once

#include <string>

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan.hpp"
#include "storage/results/results_file.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Looking at results of a run that is not complete, also while a coordinator
// is at work: of the run's own files these only read.

// The sweep that the newest start of the run had, worked out again from what
// the run directory holds; from `sweep` (a file) if that is not empty, for a
// run whose folders moved. Throws ProgramError.
Plan plan_of_run(const storage::RunDirectory& run,
                 const storage::JournalState& state, const std::string& sweep,
                 const std::string& hub, const DigestSource& digests);

// Every task of the plan is committed or was given up.
bool is_complete(const Plan& plan, const storage::JournalState& state);

// The tables of what is there; other cells are marked missing. Results whose
// shard is gone or damaged count as missing, too.
storage::Results partial_results(const Plan& plan, storage::JournalState state,
                                 const storage::RunDirectory& run);

// Puts them into partial.h5, under a temporary name first; what a killed
// process of this host left of an earlier attempt is removed.
void write_partial(const storage::RunDirectory& run,
                   const storage::Results& results);

// partial.h5 is there, and nothing was journalled since it was written.
bool partial_is_current(const storage::RunDirectory& run);

}  // namespace coxswain::runner
