#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "cluster/host.hpp"
#include "runner/commands/run_commands.hpp"
#include "runner/status/run_view.hpp"

namespace coxswain::runner {
namespace {

// How the run ended, once it has.
ExitCode wait_for_end(const storage::RunDirectory& run) {
  constexpr auto kPause = std::chrono::milliseconds(200);
  while (true) {
    const RunView view = look_at(run, viewpoint_here());
    if (view.exit) {
      fmt::print("ended with exit {}{}{}\n", view.exit->code,
                 view.exit->sentence.empty() ? "" : ": ", view.exit->sentence);
      return static_cast<ExitCode>(view.exit->code);
    }
    if (!is_under_way(view.condition)) {
      run.forget_stop();
      fmt::print(
          "{} is gone without a word; what it had acknowledged is kept\n",
          run.path());
      return ExitCode::drained;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

ExitCode stop_run(const StopOptions& options) {
  const storage::RunDirectory run(options.run);
  const RunView view = look_at(run, viewpoint_here());
  if (view.exit) {
    fmt::print("{} is not under way: it ended with exit {}\n", run.path(),
               view.exit->code);
    return options.wait == StopWait::for_end
               ? static_cast<ExitCode>(view.exit->code)
               : ExitCode::done;
  }
  if (!is_under_way(view.condition)) {
    fmt::print("{} is not under way ({}): nothing to stop\n", run.path(),
               name_of(view.condition));
    return options.wait == StopWait::for_end ? ExitCode::drained
                                             : ExitCode::done;
  }
  blame(ExitCode::storage, [&] { run.ask_to_stop(cluster::process_name()); });
  fmt::print(
      "asked {} to drain: tasks under way are finished and kept, then it "
      "ends with exit 12\n",
      run.path());
  if (options.wait == StopWait::for_end) return wait_for_end(run);
  fmt::print("next: coxswain status {} --watch\n", run.path());
  return ExitCode::done;
}

}  // namespace coxswain::runner
