#include "runner/commands/partial_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "runner/base/exit_code.hpp"
#include "runner/stages/committed.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/status/run_view.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/provenance.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

std::string name_the_sweep(const storage::RunDirectory& run) {
  return fmt::format("name the sweep file: coxswain seal {} --sweep FILE",
                     run.path());
}

Sweep sweep_of_run(const storage::RunDirectory& run,
                   const storage::JournalState& state) {
  const auto place = sweep_place(run);
  if (!place) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{run.provenance(), "sweep_folder", "nothing",
                       "the folder of the sweep file", name_the_sweep(run)});
  }
  if (!fs::is_directory(place->folder)) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{place->folder, "", "no such folder",
                       "the folder of the sweep file", name_the_sweep(run)});
  }
  return parse_sweep(state.identity.sweep, run.journal_folder(), place->folder,
                     place->hub);
}

// Extracts and stores leave only activations in shards, which are not looked at
// here.
bool result_is_in_shard(const PlannedTask& task,
                        const storage::Commit& commit) {
  const jobs::TaskKind kind = jobs::kind_of(task.task);
  return commit.result.empty() && kind != jobs::kKindOf<jobs::ExtractTask> &&
         kind != jobs::kKindOf<jobs::StoreTask>;
}

void remove_leftovers_of(const std::string& path) {
  const std::string start = fs::path(path).filename().string() + ".partial.";
  const Viewpoint here = viewpoint_here();
  std::error_code error;
  for (const auto& entry :
       fs::directory_iterator(fs::path(path).parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(start)) continue;
    std::int64_t process = 0;
    std::from_chars(name.data() + start.size(), name.data() + name.size(),
                    process);
    if (process > 0 && !here.alive(process)) fs::remove(entry.path(), error);
  }
}

}  // namespace

Plan plan_of_run(const storage::RunDirectory& run,
                 const storage::JournalState& state, const std::string& sweep,
                 const std::string& hub, const DigestSource& digests) {
  if (state.identity.name.empty()) {
    throw ProgramError(
        ExitCode::foreign_run,
        storage::Fault{run.journal_folder(), "", "no start recorded",
                       "a run's journal", "run the sweep first"});
  }
  Plan plan = make_plan(
      sweep.empty() ? sweep_of_run(run, state) : read_sweep(sweep, hub),
      digests);
  if (plan.sweep.name != state.identity.name) {
    throw ProgramError(
        ExitCode::foreign_run,
        storage::Fault{
            run.path(), "",
            "the run of a sweep named \"" + state.identity.name + "\"",
            "\"" + plan.sweep.name + "\"", "name its own sweep file"});
  }
  date_choices(run, false, plan);
  const bool any = std::ranges::any_of(plan.tasks, [&](const auto& task) {
    return state.commits.contains(task.key);
  });
  if (!any && !state.commits.empty()) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{
            run.path(), "",
            fmt::format("none of {} committed tasks belongs to the sweep as "
                        "it is now",
                        state.commits.size()),
            "the model, data and version that they were computed with", ""});
  }
  return plan;
}

bool is_complete(const Plan& plan, const storage::JournalState& state) {
  return std::ranges::all_of(plan.tasks, [&](const PlannedTask& task) {
    return state.commits.contains(task.key) ||
           state.quarantined.contains(task.key);
  });
}

storage::Results partial_results(const Plan& plan, storage::JournalState state,
                                 const storage::RunDirectory& run) {
  drop_unreadable(plan, run, state, result_is_in_shard);
  return fill_results(plan, state, run);
}

void write_partial(const storage::RunDirectory& run,
                   const storage::Results& results) {
  remove_leftovers_of(run.partial());
  storage::ResultsWriter writer(run.partial());
  writer.write(results);
  writer.finish();
}

bool partial_is_current(const storage::RunDirectory& run) {
  std::error_code error;
  const auto written = fs::last_write_time(run.partial(), error);
  if (error) return false;
  for (const auto& entry :
       fs::directory_iterator(run.journal_folder(), error)) {
    if (entry.last_write_time() >= written) return false;
  }
  return !error;
}

}  // namespace coxswain::runner
