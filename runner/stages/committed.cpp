#include "runner/stages/committed.hpp"

#include "runner/stages/reuse.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/shard.hpp"

namespace coxswain::runner {
namespace {

using Choice =
    std::function<bool(const PlannedTask& task, const storage::Commit& commit)>;

// Of commits with a shard record.
void forget_if(const Plan& plan, storage::JournalState& state,
               const Choice& forget) {
  for (const PlannedTask& task : plan.tasks) {
    for (const storage::Key& key : {task.key, partial_key(task.key)}) {
      const auto commit = state.commits.find(key);
      if (commit != state.commits.end() && !commit->second.bulk.file.empty() &&
          forget(task, commit->second)) {
        state.commits.erase(commit);
      }
    }
  }
}

}  // namespace

std::set<std::size_t> tasks_done(const Plan& plan,
                                 const storage::JournalState& state) {
  std::set<std::size_t> done;
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    if (state.commits.contains(plan.tasks[task].key)) done.insert(task);
  }
  return done;
}

std::uint64_t failed_cells(const Plan& plan,
                           const storage::JournalState& state) {
  std::uint64_t failed = 0;
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit != state.commits.end()) {
      failed += commit->second.content.failed_cells;
    }
  }
  return failed;
}

bool is_read_from_shard(const storage::Commit& commit, InputBulk bulk) {
  // Who wants the bulk wants nothing else, and there may be very many.
  return commit.result.empty() ||
         (bulk == InputBulk::wanted && !commit.bulk.file.empty());
}

std::size_t drop_gone(const Plan& plan, const storage::RunDirectory& run,
                      storage::JournalState& state) {
  const std::size_t before = state.commits.size();
  forget_if(plan, state,
            [&](const PlannedTask&, const storage::Commit& commit) {
              return !storage::shard_is_there(run.path(), commit.bulk);
            });
  return before - state.commits.size();
}

void drop_lost(const Plan& plan, const storage::RunDirectory& run,
               storage::JournalState& state) {
  drop_gone(plan, run, state);
  std::set<storage::Key> read;
  for (const PlannedTask& task : plan.tasks) {
    if (state.commits.contains(task.key)) continue;
    for (const TaskIndex input : task.inputs) {
      const auto commit = state.commits.find(at(plan.tasks, input).key);
      if (commit != state.commits.end() &&
          is_read_from_shard(commit->second, task.input_bulk)) {
        read.insert(commit->first);
      }
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

void drop_unreadable(const Plan& plan, const storage::RunDirectory& run,
                     storage::JournalState& state, const Choice& asked_for) {
  forget_if(plan, state,
            [&](const PlannedTask& task, const storage::Commit& commit) {
              if (!asked_for(task, commit)) return false;
              try {
                storage::read_shard(run.path(), commit.bulk);
              } catch (const storage::StorageError&) {
                return true;
              }
              return false;
            });
}

}  // namespace coxswain::runner
