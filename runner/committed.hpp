#pragma once

#include <functional>
#include <set>

#include "runner/plan.hpp"
#include "storage/journal.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

// What a journal has of a plan.

std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state);

// Forgets commits whose shard record is gone or damaged: their tasks are
// computed again, and nothing later has to wonder.
void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state);

// The same for those that are `asked_for` alone, of those that have a record.
void drop_unreadable(
    const Plan& plan, const storage::RunDirectory& run,
    storage::JournalState& state,
    const std::function<bool(const PlannedTask& task,
                             const storage::Commit& commit)>& asked_for);

}  // namespace coxswain::runner
