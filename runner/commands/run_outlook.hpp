#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runner/growth/growth.hpp"
#include "runner/growth/why.hpp"
#include "runner/plan/plan.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Looking from a plan at the run directory that it would go on with. Nothing is
// written there, and no result is read: safe beside a coordinator that works.

// A run that was begun.
struct ExistingRun {
  storage::RunDirectory directory;
  storage::JournalState journal;  // without results
  std::string foreign;            // why it is not this sweep's; else empty
};
// None where no start was made yet.
std::optional<ExistingRun> existing_run(const std::string& path,
                                        const std::string& sweep_name);

// What it has of the plan.
struct RunOutlook {
  Growth growth;
  std::vector<WhyStage> why;  // of the cells that were chosen
};
// `unread`: see digests_to_compare().
RunOutlook look_at_run(ExistingRun run, const Plan& plan,
                       const std::set<std::string>& unread,
                       const CellChoice& choice);

}  // namespace coxswain::runner
