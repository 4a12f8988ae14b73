#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/bill/calibration.hpp"
#include "runner/plan/plan.hpp"
#include "runner/schedule/scheduler.hpp"
#include "runner/status/progress.hpp"
#include "runner/status/status_keeper.hpp"
#include "runner/work/worker_accounts.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a coordinator tells people: RUN/status.json for other shells, progress
// and notes for this one. Not thread-safe.
class Bulletin {
 public:
  // `state`: what earlier starts have done. With a calibration, tasks weigh
  // what they take here, and what is left is known from the beginning.
  Bulletin(const Plan& plan, const storage::RunDirectory& run,
           const storage::RunIdentity& identity,
           const storage::JournalState& state, std::uint64_t epoch,
           ProgressSink sink, const Calibration* calibration = nullptr);

  void note(const std::string& line) { progress_.note(line); }
  void numerics(const std::string& text) { keeper_.numerics(text); }
  void allocation_end(double time) { keeper_.allocation_end(time); }
  void predicted_seconds(double seconds) { keeper_.predicted_seconds(seconds); }
  // An attempt on `worker` failed.
  void failed(int worker, std::size_t task, const storage::Failure& failure);
  void given_up(std::size_t task);
  // So many more tasks were there by content.
  void reused(std::size_t tasks) { reused_ += tasks; }

  // About every two seconds; `now` is the coordinator's clock.
  void tell_if_due(RunPhase phase, const Scheduler& scheduler,
                   const WorkerAccounts& accounts, double now);
  void tell(RunPhase phase, const Scheduler& scheduler,
            const WorkerAccounts& accounts, double now);
  // The same numbers in another phase.
  void tell(RunPhase phase) { progress_.update(keeper_.tell(phase)); }

 private:
  TaskName name_of_task(std::size_t task) const;
  std::vector<WorkerStatus> workers(const Crew& crew,
                                    const WorkerAccounts& accounts,
                                    double now) const;

  const Plan& plan_;
  const std::vector<double> work_;            // what each task weighs
  std::vector<std::uint32_t> failed_;         // attempts, by task
  std::size_t reused_ = 0, reused_told_ = 0;  // tasks
  StatusKeeper keeper_;
  Progress progress_;
};

}  // namespace coxswain::runner
