#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cluster/channel.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/bill/calibration.hpp"
#include "runner/growth/run_inputs.hpp"
#include "runner/plan/plan.hpp"
#include "runner/work/bulletin.hpp"
#include "runner/work/coordinator.hpp"
#include "runner/work/farewell.hpp"
#include "runner/work/worker.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a start is made with. Tests pass executors and faults of their own.
struct RunParts {
  Worker::MakeExecutor make_executor;
  FaultHook reached;
  SchedulerPolicy policy;
  double heartbeat = 1;         // s
  double goodbye = 10;          // s
  std::optional<double> until;  // s since 1970, when it must have ended
  DeviceKinds kinds = DeviceKinds::one;
};
RunParts program_parts();

// What a start does if the run directory is in use.
enum class IfInUse : std::uint8_t {
  refuse,
  take_over,  // the one that holds it is believed dead, and is fenced off
};

// What a start does if a file has changed that a sealed results.h5 is made of.
enum class IfChanged : std::uint8_t {
  refuse,
  keep_beside,  // the sealed file goes under another name
};

// How a start deals with what it finds in the run directory.
struct StartRules {
  IfInUse if_in_use = IfInUse::refuse;
  IfChanged if_changed = IfChanged::refuse;
};

// Rank 0's view of the others.
struct Workers {
  cluster::Channel& channel;
  // Until there may be something to do, `most` at most; turns the worker in
  // this process, if there is one. True if that had anything to do.
  std::function<bool(std::chrono::microseconds most)> pass_time;
};

// Whether other processes wait for this one.
enum class WorkersAre : std::uint8_t {
  waiting,  // for a welcome
  working,  // or lost
  gone,
};

// One start of a run: a sweep, planned, and the run directory it owns, locked
// while this lives.
class Run {
 public:
  // Refuses, before anything is written, a directory that is not the sweep's.
  // With a calibration, status says what was predicted. `farewell` outlives it.
  Run(Plan plan, storage::RunDirectory directory, const StartRules& rules,
      std::optional<Calibration> calibration, Farewell& farewell);

  // Computes what is missing and seals results.h5. Throws ProgramError.
  ExitCode go(const Workers& workers, const RunParts& parts);
  // What was given up, by kind, as a sentence; empty if nothing was.
  std::string given_up() const;
  // Where the results are, and what comes next; lines, "" if there are none.
  const std::string& outcome() const { return outcome_; }

  WorkersAre workers() const { return workers_are_; }
  // Scripts wait for this file and take the exit code from it.
  void write_exit(ExitCode code, const std::string& sentence);

 private:
  void refuse_other_sweep();
  void mind_sealed(IfChanged if_changed) const;
  void note_inputs();
  void tell_damage() const;
  void predict(int workers);
  bool complete() const;  // nothing is left to be computed
  bool all_tasks_done() const;
  ExitCode compute(const Workers& workers, const RunParts& parts);
  void drive(Coordinator& coordinator, const Workers& workers,
             const cluster::ScopedDrainSignals& signals);
  void tell_drain(const std::string& who, const Scheduler& scheduler);
  void count_kept();
  bool sealed_already() const;
  void seal_if_changed(const FaultHook& reached);

  Plan plan_;
  storage::RunDirectory directory_;
  std::optional<Calibration> calibration_;
  Farewell& farewell_;
  std::optional<storage::ScopedRunLock> lock_;
  // Of results.h5, where an earlier program cut the same cells into other
  // tasks.
  bool sealed_before_ = false;
  RunInputs inputs_;  // of this start and those before, once it computes
  storage::JournalState state_;
  std::optional<Bulletin> bulletin_;  // once there is something to compute
  WorkersAre workers_are_ = WorkersAre::waiting;
  std::string outcome_;
};

}  // namespace coxswain::runner
