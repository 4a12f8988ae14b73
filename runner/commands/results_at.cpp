#include "runner/commands/results_at.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runner/base/exit_code.hpp"
#include "runner/commands/partial_results.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/status/run_view.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

// What is no run says so, and not what a results file would lack.
[[noreturn]] void refuse(const std::string& path, const char* found) {
  throw storage::StorageError(
      {path, "", found, "a run directory, or a results.h5",
       "a run lies in runs/NAME beside its sweep file, or where --out said"});
}

// What is committed so far of a run that has no results.h5.
storage::Results results_so_far(const storage::RunDirectory& run,
                                const DigestSource& digests) {
  const std::string where =
      fmt::format("{} is not complete; what is there is sealed in {}\n",
                  run.path(), run.partial());
  if (partial_is_current(run)) {
    try {
      storage::Results results = storage::read_results(run.partial());
      fmt::print("{}", where);
      return results;
    } catch (const storage::StorageError&) {
      // Damaged: it is made again.
    }
  }
  const auto state = storage::replay_journal(run.journal_folder());
  storage::Results results =
      partial_results(plan_of_run(run, state, "", "", digests), state, run);
  try {
    write_partial(run, results);
    fmt::print("{}", where);
  } catch (const storage::StorageError& error) {
    fmt::print("{} is not complete; what is there can't be kept: {}\n",
               run.path(), error.what());
  }
  return results;
}

storage::Results results_of_run(const storage::RunDirectory& run,
                                const DigestSource& digests) {
  const bool sealed = fs::exists(run.results());
  if (!fs::is_directory(run.journal_folder())) {
    if (!sealed) refuse(run.path(), "a folder without a run");
    return storage::read_results(run.results());
  }
  if (!sealed) return results_so_far(run, digests);
  const RunView view = look_at(run, viewpoint_here());
  const bool drained =
      view.exit && (view.exit->code == static_cast<int>(ExitCode::drained) ||
                    view.exit->code == static_cast<int>(ExitCode::out_of_time));
  if (drained || is_under_way(view.condition)) {
    fmt::print(
        "note the run goes on: {} is what was sealed before; coxswain "
        "seal {} --partial has what is there now\n",
        run.results(), run.path());
  }
  return storage::read_results(run.results());
}

}  // namespace

storage::Results results_at(const std::string& path, const std::string& cache) {
  return blame(ExitCode::storage, [&] {
    if (path.ends_with(".toml")) refuse(path, "a sweep file");
    return fs::is_directory(path) ? results_of_run(storage::RunDirectory(path),
                                                   *remembered_digests(cache))
                                  : storage::read_results(path);
  });
}

}  // namespace coxswain::runner
