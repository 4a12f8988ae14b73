#include "analysis/report.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runner/commands/commands.hpp"
#include "runner/partial_results.hpp"
#include "runner/remembered_digests.hpp"
#include "runner/run_view.hpp"
#include "storage/durable_file.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

// Of a run without results.h5: what is committed so far.
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
    return storage::read_results(run.results());  // or says what is missing
  }
  if (!sealed) return results_so_far(run, digests);
  const RunView view = look_at(run, viewpoint_here());
  const bool drained =
      view.exit && view.exit->code == static_cast<int>(ExitCode::drained);
  if (drained || is_under_way(view.condition)) {
    fmt::print(
        "note the run goes on: {} is what was sealed before; coxswain "
        "seal {} --partial has what is there now\n",
        run.results(), run.path());
  }
  return storage::read_results(run.results());
}

}  // namespace

ExitCode print_report(const ReportOptions& options) {
  const bool is_folder = fs::is_directory(options.run);
  const fs::path beside = fs::path(options.run).parent_path();
  const storage::RunDirectory run(is_folder        ? options.run
                                  : beside.empty() ? "."
                                                   : beside.string());
  const storage::Results results = blame(ExitCode::storage, [&] {
    return is_folder ? results_of_run(run, *remembered_digests(options.cache))
                     : storage::read_results(options.run);
  });
  const std::string note = analysis::completeness(results);
  if (!note.empty()) fmt::print("{}\n\n", note);
  for (const analysis::Table& table : analysis::make_report(results)) {
    fmt::print("{}\n", analysis::to_text(table));
    if (!options.csv) continue;
    blame(ExitCode::storage, [&] {
      fs::create_directories(run.tables_folder());
      const std::string file = run.tables_folder() + "/" + table.name + ".csv";
      storage::replace_file(file, analysis::to_csv(table));
      fmt::print("{}\n\n", file);
    });
  }
  return ExitCode::done;
}

}  // namespace coxswain::runner
