#include "runner/committed.hpp"

#include "storage/fault.hpp"
#include "storage/shard.hpp"

namespace coxswain::runner {

std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state) {
  std::set<std::size_t> done;
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    if (state.commits.contains(plan.tasks[task].key)) done.insert(task);
  }
  return done;
}

void drop_lost(const Plan& plan, const storage::RunDirectory& run,
               storage::JournalState& state) {
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit != state.commits.end() && !commit->second.bulk.file.empty() &&
        !storage::shard_is_there(run.path(), commit->second.bulk)) {
      state.commits.erase(commit);
    }
  }
  std::set<storage::Key> read;
  for (const PlannedTask& task : plan.tasks) {
    if (task.inputs.empty() || state.commits.contains(task.key)) continue;
    for (const std::size_t input : task.inputs) {
      read.insert(plan.tasks[input].key);
    }
  }
  drop_unreadable(plan, run, state, [&](const PlannedTask& task, const auto&) {
    return read.contains(task.key);
  });
}

void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state) {
  drop_unreadable(plan, run, state,
                  [](const auto&, const auto&) { return true; });
}

void drop_unreadable(
    const Plan& plan, const storage::RunDirectory& run,
    storage::JournalState& state,
    const std::function<bool(const PlannedTask& task,
                             const storage::Commit& commit)>& asked_for) {
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit == state.commits.end() || commit->second.bulk.file.empty() ||
        !asked_for(task, commit->second)) {
      continue;
    }
    try {
      storage::read_shard(run.path(), commit->second.bulk);
    } catch (const storage::StorageError&) {
      state.commits.erase(commit);
    }
  }
}

}  // namespace coxswain::runner
