#pragma once

#include <cstdint>
#include <functional>
#include <set>

#include "runner/plan/plan.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a journal has of a plan.

std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state);

// Cells of tasks that are done which have no numbers: their logits were not
// finite, or there was no vector.
std::uint64_t failed_cells(const Plan& plan,
                           const storage::JournalState& state);

// Whether a task that depends on a committed one is handed its shard record
// instead of its result.
bool is_read_from_shard(const storage::Commit& commit, InputBulk bulk);

// Forgets commits whose shard record is gone; how many. Reads no record.
std::size_t drop_gone(const Plan& plan, const storage::RunDirectory& run,
                      storage::JournalState& state);

// Forgets commits whose shard record is gone, or is damaged and will be read by
// a task that is still to be done: their tasks are computed again. Reads no
// more than those: a run has terabytes of others.
void drop_lost(const Plan& plan, const storage::RunDirectory& run,
               storage::JournalState& state);

// Forgets commits whose shard record is gone or damaged, and reads all of them
// for it: before a run is sealed.
void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state);

// The same for those that are `asked_for` alone, of those that have a record.
void drop_unreadable(
    const Plan& plan, const storage::RunDirectory& run,
    storage::JournalState& state,
    const std::function<bool(const PlannedTask& task,
                             const storage::Commit& commit)>& asked_for);

}  // namespace coxswain::runner
