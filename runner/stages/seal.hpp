#pragma once

#include <string>

#include "runner/plan/plan.hpp"
#include "runner/stages/sealing_rules.hpp"
#include "storage/results/activation_files.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Writes results.h5 from committed results, in cell order. Cells without a
// result are marked; their numbers are NaN. The bytes are a function of the
// plan and the results alone. Leaves nothing of an older results.h5.
// Activations beyond `limits` lie beside it.
void seal(const Plan& plan, const storage::JournalState& state,
          const storage::RunDirectory& run,
          const storage::ActivationLimits& limits = {});

// The tables that seal() writes, without the activations.
storage::Results fill_results(const Plan& plan,
                              const storage::JournalState& state,
                              const storage::RunDirectory& run);

// The hash of what a sealed file is made of: what sealing decides, each task's
// key, and whether it is done, given up or missing. Equal hashes of one sweep,
// equal files.
std::string contents_of(const Plan& plan, const storage::JournalState& state,
                        const SealingRules& rules = {});

}  // namespace coxswain::runner
