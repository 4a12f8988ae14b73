#pragma once

#include <optional>

#include "runner/plan/plan.hpp"
#include "storage/results/activation_files.hpp"
#include "storage/results/results_file.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Stored activations from shards into what is sealed, a task's record at a
// time. Those of tasks without a result are NaN.

// If they are too large for results.h5: written into files of their own, which
// are listed in `tables` and wait to be published.
std::optional<storage::ActivationFiles> seal_activation_files(
    const Plan& plan, const storage::JournalState& state,
    const storage::RunDirectory& run, const storage::ActivationLimits& limits,
    storage::Results& tables);

// Else into results.h5 itself, after its tables.
void seal_activations_within(const Plan& plan,
                             const storage::JournalState& state,
                             const storage::RunDirectory& run,
                             storage::ResultsWriter& writer);

}  // namespace coxswain::runner
