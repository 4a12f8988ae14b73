#include "runner/commands/run_outlook.hpp"

#include <fmt/format.h>

#include "runner/base/counted.hpp"
#include "runner/growth/earlier_inputs.hpp"
#include "runner/growth/sealed_files.hpp"
#include "runner/stages/committed.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// What `run` would say of results.h5 before it begins.
void add_changed_files(const ExistingRun& run, const Plan& plan,
                       const std::set<std::string>& unread, Growth& growth) {
  try {
    const auto sealed = read_sealed_inputs(run.directory);
    if (!sealed) return;
    for (const ChangedFile& one : changed_files(*sealed, plan)) {
      if (unread.contains(one.now)) continue;
      growth.notes.push_back(fmt::format(
          "{} has changed since {} was made of it: run replaces that with "
          "--changed alone, and keeps it beside",
          one.path, run.directory.results()));
    }
  } catch (const storage::StorageError& error) {
    growth.notes.emplace_back(error.what());  // held by another program
  }
}

}  // namespace

std::optional<ExistingRun> existing_run(const std::string& path,
                                        const std::string& sweep_name) {
  ExistingRun run{storage::RunDirectory(path), {}, ""};
  run.journal = storage::replay_journal(run.directory.journal_folder(),
                                        storage::ReplayedResults::dropped);
  const std::string& name = run.journal.identity.name;
  if (name.empty()) return std::nullopt;
  if (name != sweep_name) {
    run.foreign = fmt::format(
        "the run of a sweep named \"{}\": run refuses it, name another with "
        "--out",
        name);
  }
  return run;
}

RunOutlook look_at_run(ExistingRun run, const Plan& plan,
                       const std::set<std::string>& unread,
                       const CellChoice& choice) {
  RunOutlook outlook;
  if (!run.foreign.empty()) {
    outlook.growth.run = run.directory.path();
    outlook.growth.tasks = plan.tasks.size();
    outlook.growth.notes.push_back(run.foreign);
    return outlook;
  }
  const std::size_t gone = drop_gone(plan, run.directory, run.journal);
  const std::vector<TaskFacts> facts = facts_of(plan, unread);
  const std::vector<TaskStanding> standings =
      standings_of(plan, facts, run.journal);
  const Earlier earlier = earlier_inputs(run.directory, run.journal, plan);
  outlook.growth =
      growth_of(plan, facts, standings, earlier, run.directory.path());
  if (gone > 0) {
    outlook.growth.notes.push_back(fmt::format(
        "{} {} gone from {}/shards: computed anew", counted(gone, "result"),
        gone == 1 ? "is" : "are", run.directory.path()));
  }
  add_changed_files(run, plan, unread, outlook.growth);
  outlook.why = why_of(plan, facts, standings, earlier, choice);
  return outlook;
}

}  // namespace coxswain::runner
