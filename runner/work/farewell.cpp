#include "runner/work/farewell.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "cluster/slurm.hpp"
#include "runner/base/counted.hpp"

namespace coxswain::runner {

Farewell::Farewell(RunCall call, LauncherSays launcher)
    : call_(std::move(call)), launcher_(launcher), signal_words_("") {
  on_signal("nothing was computed yet, and what earlier starts did is kept");
}

// Over the ^C that a terminal shows.
void Farewell::on_signal(const std::string& what) {
  const char* begin = ::isatty(STDERR_FILENO) == 1 ? "\r" : "";
  signal_words_.become(
      fmt::format("{}coxswain: ended at once: {}\n{}\n", begin, what, next()));
}

std::string Farewell::kept() const {
  return fmt::format("{} of {} tasks are done and kept in {}", done_, total_,
                     run_);
}

void Farewell::keeps(const std::string& run, std::size_t done,
                     std::size_t total) {
  run_ = run;
  done_ = done;
  total_ = total;
  on_signal(kept());
}

void Farewell::seals() {
  on_signal(kept() + "; results.h5 is not written yet");
}

std::string Farewell::drains(const std::string& who,
                             std::size_t running) const {
  const std::string when =
      running == 0
          ? "now"
          : fmt::format("when {} under way {} finished",
                        counted(running, "task"), running == 1 ? "is" : "are");
  return fmt::format("{}: it ends {}; done and kept: {} of {}{}", who, when,
                     done_, total_,
                     who == "Ctrl-C" ? " (Ctrl-C again: at once)" : "");
}

std::string Farewell::next_after(ExitCode code) const {
  const std::string status = "coxswain status " + cluster::shell_word(run_);
  switch (code) {
    case ExitCode::quarantined:
      if (done_ == total_) {  // cells failed, no task did: again, they would
        return fmt::format("next: coxswain report {} shows what is there\n",
                           cluster::shell_word(run_));
      }
      return fmt::format(
          "next: {} --failed has the reasons\nnext: {} tries "
          "them again\n",
          status, command_of(call_));
    case ExitCode::run_in_use:
      return "next: " + status + " --watch\n";
    case ExitCode::drained:
    case ExitCode::out_of_time:
      return next() + "\n";
    default:
      return next() + " goes on, once that is mended\n";
  }
}

std::string Farewell::last_words(ExitCode code,
                                 const std::string& sentence) const {
  if (code == ExitCode::done) return "";
  std::string text;
  if (!sentence.empty()) text += "coxswain: " + sentence + "\n";
  const bool whole = code == ExitCode::quarantined;
  if (!run_.empty() && !whole) {
    const char* why = "";
    if (code == ExitCode::drained) why = "ended before it was complete: ";
    if (code == ExitCode::out_of_time) {
      why = "no task that is left would end in time: ";
    }
    text += fmt::format("coxswain: {}{}\n", why, kept());
  }
  if (!run_.empty()) text += next_after(code);
  if (launcher_ == LauncherSays::the_code) {
    text += fmt::format(
        "(what mpirun says below is of exit code {} alone: mpirun --quiet "
        "leaves it out{})\n",
        static_cast<int>(code),
        run_.empty() ? ""
                     : ", coxswain status " + cluster::shell_word(run_) +
                           " says the above again");
  }
  return text;
}

}  // namespace coxswain::runner
