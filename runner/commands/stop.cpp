#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "cluster/host.hpp"
#include "cluster/slurm.hpp"
#include "runner/commands/run_commands.hpp"
#include "runner/status/next_line.hpp"
#include "runner/status/run_view.hpp"

namespace coxswain::runner {
namespace {

// How the run ended, once it has.
ExitCode wait_for_end(const storage::RunDirectory& run) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  while (true) {
    const RunView view = look_at(run, viewpoint_here());
    if (view.exit) {
      fmt::print("ended with exit {}{}{}\n{}", view.exit->code,
                 view.exit->sentence.empty() ? "" : ": ", view.exit->sentence,
                 next_line(view));
      return static_cast<ExitCode>(view.exit->code);
    }
    if (!is_under_way(view.condition)) {
      run.forget_stop();
      fmt::print(
          "{} is gone without a word; what it had acknowledged is kept\n{}",
          run.path(), next_line(view));
      return ExitCode::drained;
    }
    std::this_thread::sleep_for(kPause);
  }
}

// Asks, unless that changes nothing; what is to be expected then.
std::string asked(const storage::RunDirectory& run, const RunView& view) {
  if (view.condition == Condition::sealing) {
    return run.path() +
           " computes no more: it ends when results.h5 is written\n";
  }
  const bool before = view.condition == Condition::draining || view.stop_asked;
  blame(ExitCode::storage, [&] { run.ask_to_stop(cluster::process_name()); });
  return fmt::format(
      "asked {}{} to drain: tasks under way are finished and kept, then it "
      "ends with exit 12\n",
      run.path(), before ? " again" : "");
}

}  // namespace

ExitCode stop_run(const StopOptions& options) {
  const storage::RunDirectory run(options.run);
  const RunView view = look_at(run, viewpoint_here());
  if (view.exit) {
    fmt::print("{} is not under way: it ended with exit {}\n{}", run.path(),
               view.exit->code, next_line(view));
    return options.wait == StopWait::for_end
               ? static_cast<ExitCode>(view.exit->code)
               : ExitCode::done;
  }
  if (!is_under_way(view.condition)) {
    fmt::print("{} is not under way ({}): nothing to stop\n{}", run.path(),
               name_of(view.condition), next_line(view));
    return options.wait == StopWait::for_end ? ExitCode::drained
                                             : ExitCode::done;
  }
  fmt::print("{}", asked(run, view));
  std::fflush(stdout);
  if (options.wait == StopWait::for_end) return wait_for_end(run);
  fmt::print("next: coxswain status {} --watch\n",
             cluster::shell_word(run.path()));
  return ExitCode::done;
}

}  // namespace coxswain::runner
