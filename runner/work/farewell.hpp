#pragma once

#include <cstddef>
#include <string>

#include "cluster/signals.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/status/run_call.hpp"

namespace coxswain::runner {

// Whether mpirun has words of its own after ours about an exit code.
enum class LauncherSays : std::uint8_t { nothing, the_code };

// What a start says when it ends, or is about to: what is kept, and what to
// type to go on. Whatever a signal ends it in, this is written: one per
// process. Not thread-safe.
class Farewell {
 public:
  Farewell(RunCall call, LauncherSays launcher);

  const RunCall& call() const { return call_; }
  // From now on there is a run directory, where so many tasks are done.
  void keeps(const std::string& run, std::size_t done, std::size_t total);
  // All that will be computed is; results.h5 is being written.
  void seals();

  // A line for when the run begins to drain: who asked ("Ctrl-C"), and how many
  // tasks are under way.
  std::string drains(const std::string& who, std::size_t running) const;
  // What to type, where a launcher may end the drain: "next: ...".
  std::string next() const { return "next: " + command_of(call_); }
  // The last lines, each with its end, for an end with that code and sentence
  // (of the error, or ""). Nothing for a run that is complete.
  std::string last_words(ExitCode code, const std::string& sentence) const;

 private:
  std::string kept() const;
  std::string next_after(ExitCode code) const;
  void on_signal(const std::string& what);

  const RunCall call_;
  const LauncherSays launcher_;
  std::string run_;  // empty: there is none yet
  std::size_t done_ = 0, total_ = 0;
  cluster::ScopedLastWords signal_words_;
};

}  // namespace coxswain::runner
