#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "runner/commands/run_commands.hpp"
#include "runner/status/status_text.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

constexpr auto kRedraw = std::chrono::seconds(2);
constexpr auto kLook = std::chrono::milliseconds(200);  // for one to be there

std::string text_of(const RunView& view, const StatusOptions& options) {
  if (options.json) {
    // One line each when it goes on, so that a script can read by line.
    return status_json(view).dump(options.watch ? -1 : 1, ' ', false,
                                  nlohmann::json::error_handler_t::replace) +
           "\n";
  }
  if (options.workers) return workers_text(view);
  return options.failed ? failures_text(view) : status_text(view);
}

// Whether `coxswain run` could make a run directory of the path: nothing is
// there, or an empty folder, in a folder that is; the folder `runs` beside a
// sweep file is made as well.
bool may_come(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error)) {
    return fs::is_directory(path, error) && fs::is_empty(path, error);
  }
  fs::path parent = fs::absolute(path).lexically_normal().parent_path();
  if (fs::path(path).filename().empty()) parent = parent.parent_path();
  if (parent.filename() == "runs" && !fs::exists(parent, error)) {
    parent = parent.parent_path();
  }
  return fs::is_directory(parent, error);
}

// Scripts read standard output.
void say_waiting(const StatusOptions& options, const char* what) {
  std::FILE* to = options.json ? stderr : stdout;
  fmt::print(to, "waiting for {}{} (Ctrl-C ends this)\n", what, options.run);
  std::fflush(to);
}

// Until the directory is there. Whatever can't become one is look_at()'s to
// refuse.
void wait_for_run(const storage::RunDirectory& run,
                  const StatusOptions& options) {
  if (fs::exists(run.journal_folder()) || !may_come(run.path())) return;
  say_waiting(options, "");
  while (!fs::exists(run.journal_folder()) && may_come(run.path())) {
    std::this_thread::sleep_for(kLook);
  }
}

RunView look(const storage::RunDirectory& run, const StatusOptions& options) {
  RunView view = look_at(run, viewpoint_here());
  if (options.json || !(options.workers || options.failed)) {
    view.slurm = slurm_queue(run, view.now);
  }
  return view;
}

// Whether nothing more will come of it by itself.
bool is_complete(const RunView& view) {
  return view.exit &&
         (view.exit->code == static_cast<int>(ExitCode::done) ||
          view.exit->code == static_cast<int>(ExitCode::quarantined));
}

// Scripts are told when a start has ended; people watch until the run is
// complete, over starts.
bool goes_on(const RunView& view, const StatusOptions& options) {
  if (!options.watch) return false;
  if (is_under_way(view.condition) || is_unborn(view)) return true;
  return !options.json && !is_complete(view);
}

// Until somebody goes on with what nobody works on.
void wait_for_start(const storage::RunDirectory& run, const RunView& seen,
                    const StatusOptions& options) {
  say_waiting(options,
              is_unborn(seen) ? "the start of " : "the next start of ");
  while (true) {
    std::this_thread::sleep_for(kLook);
    if (!fs::exists(run.journal_folder())) return;
    const RunView view = look_at(run, viewpoint_here());
    // Under way, or over already.
    if (is_under_way(view.condition) || is_complete(view) ||
        view.journal.starts.size() != seen.journal.starts.size()) {
      return;
    }
  }
}

}  // namespace

ExitCode print_status(const StatusOptions& options) {
  const storage::RunDirectory run(options.run);
  const bool redraws =
      options.watch && !options.json && ::isatty(STDOUT_FILENO) == 1;
  while (true) {
    if (options.watch) wait_for_run(run, options);
    const RunView view = look(run, options);
    // Home, and clear: what was there may have been longer.
    fmt::print("{}{}", redraws ? "\033[H\033[J" : "", text_of(view, options));
    std::fflush(stdout);
    if (!goes_on(view, options)) return ExitCode::done;
    if (is_under_way(view.condition)) {
      std::this_thread::sleep_for(kRedraw);
    } else {
      wait_for_start(run, view, options);
    }
    if (!redraws && !options.json) fmt::print("\n");
  }
}

}  // namespace coxswain::runner
