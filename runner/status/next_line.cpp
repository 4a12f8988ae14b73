#include "runner/status/next_line.hpp"

#include <fmt/format.h>

#include "cluster/slurm.hpp"
#include "runner/base/exit_code.hpp"

namespace coxswain::runner {
namespace {

// It was told to stop, whether or not it has heard that yet.
bool is_draining(const RunView& view) {
  return view.condition == Condition::draining || view.stop_asked;
}

// Somebody will go on with it without being told: Slurm.
bool waits_for_slurm(const RunView& view) {
  return view.slurm && !view.slurm->jobs.empty();
}

std::string go_on(const RunView& view) {
  return view.call ? command_of(*view.call)
                   : "coxswain run its sweep again, with --out " +
                         cluster::shell_word(view.path) + ",";
}

std::string next_of_ended(const RunView& view) {
  const std::string run = cluster::shell_word(view.path);
  const auto ended_with = [&view](ExitCode code) {
    return view.exit && view.exit->code == static_cast<int>(code);
  };
  if (ended_with(ExitCode::done)) {
    return fmt::format("next: coxswain report {}\n", run);
  }
  if (ended_with(ExitCode::quarantined)) {
    const std::string report = fmt::format("next: coxswain report {}\n", run);
    // Else cells failed, no task did: again, they would.
    if (view.journal.quarantined.empty()) return report;
    return fmt::format("{}next: {} tries again what was given up\n", report,
                       go_on(view));
  }
  if (waits_for_slurm(view) || is_unborn(view)) {
    return fmt::format("next: coxswain status {} --watch waits for {} start\n",
                       run, is_unborn(view) ? "its" : "the next");
  }
  const std::string report =
      view.journal.committed.empty()
          ? ""
          : fmt::format("next: coxswain report {} shows what is there\n", run);
  return fmt::format("{}next: {} goes on\n", report, go_on(view));
}

}  // namespace

std::string next_line(const RunView& view) {
  const std::string run = cluster::shell_word(view.path);
  switch (view.condition) {
    case Condition::sealing:
      return fmt::format("next: coxswain report {}, when it is sealed\n", run);
    case Condition::ended:
    case Condition::killed:
    case Condition::unknown:
      return next_of_ended(view);
    default:
      break;
  }
  if (is_draining(view)) {
    return fmt::format("next: {} goes on, once it has ended\n", go_on(view));
  }
  return fmt::format(
      "next: coxswain stop {0} ends it early; coxswain report {0} shows what "
      "is there\n",
      run);
}

}  // namespace coxswain::runner
