#include "runner/stages/seal.hpp"

#include <fmt/format.h>

#include "cluster/host.hpp"
#include "cluster/slurm.hpp"
#include "runner/commands/partial_results.hpp"
#include "runner/commands/run_commands.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/stages/committed.hpp"
#include "runner/work/unlocked_run.hpp"

namespace coxswain::runner {
namespace {

std::string count_of(const Plan& plan, const storage::JournalState& state) {
  return fmt::format("{} of {} tasks", tasks_done(plan, state).size(),
                     plan.tasks.size());
}

ExitCode seal_partly(const storage::RunDirectory& run, const Plan& plan,
                     const storage::JournalState& state) {
  blame(ExitCode::storage,
        [&] { write_partial(run, partial_results(plan, state, run)); });
  fmt::print("{} sealed in {}, without activations\nnext: coxswain report {}\n",
             count_of(plan, state), run.partial(),
             cluster::shell_word(run.partial()));
  return ExitCode::done;
}

}  // namespace

ExitCode seal_run(const SealOptions& options) {
  const storage::RunDirectory run(options.run);
  blame(ExitCode::foreign_run, [&] { run.require(); });
  storage::JournalState state = storage::replay_journal(run.journal_folder());
  const Plan plan = plan_of_run(run, state, options.sweep, options.hub,
                                *remembered_digests(options.cache));
  if (options.part == SealPart::partial || !is_complete(plan, state)) {
    return seal_partly(run, plan, state);
  }
  storage::ScopedRunLock lock(run, cluster::process_name());
  sign_unlocked(run, lock);
  run.remove_leftovers();
  drop_unreadable(plan, run, state);
  if (!is_complete(plan, state)) {
    fmt::print(
        "results in shards are gone or damaged: run the sweep again, and "
        "they are computed again\n");
    return seal_partly(run, plan, state);
  }
  blame(ExitCode::storage, [&] { seal(plan, state, run); });
  fmt::print("{} sealed in {}\nnext: coxswain report {}\n",
             count_of(plan, state), run.results(),
             cluster::shell_word(run.path()));
  return ExitCode::done;
}

}  // namespace coxswain::runner
