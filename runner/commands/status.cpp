#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "runner/commands/run_commands.hpp"
#include "runner/status/status_text.hpp"

namespace coxswain::runner {
namespace {

constexpr auto kRedraw = std::chrono::seconds(2);

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

}  // namespace

ExitCode print_status(const StatusOptions& options) {
  const storage::RunDirectory run(options.run);
  const bool redraws =
      options.watch && !options.json && ::isatty(STDOUT_FILENO) == 1;
  while (true) {
    RunView view = look_at(run, viewpoint_here());
    if (options.json || !(options.workers || options.failed)) {
      view.slurm = slurm_queue(run, view.now);
    }
    // Home, and clear: what was there may have been longer.
    fmt::print("{}{}", redraws ? "\033[H\033[J" : "", text_of(view, options));
    std::fflush(stdout);
    if (!options.watch || !is_under_way(view.condition)) return ExitCode::done;
    std::this_thread::sleep_for(kRedraw);
    if (!redraws && !options.json) fmt::print("\n");
  }
}

}  // namespace coxswain::runner
