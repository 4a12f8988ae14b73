#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/status/live_status.hpp"
#include "runner/status/recent_rate.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// A coordinator's side of status.json: remembers what went wrong, measures the
// pace, and writes the file about every two seconds. Not thread-safe.
class StatusKeeper {
 public:
  using Clock = std::function<double()>;  // s since 1970

  // Writes that the start `epoch` begins, in this process.
  StatusKeeper(const storage::RunDirectory& run,
               const storage::RunIdentity& identity, std::uint64_t epoch,
               Clock now);

  // Known or changed later; written with the next tell().
  void numerics(const std::string& text) { status_.numerics = text; }
  // See LiveStatus::quiet.
  void quiet(double seconds) { status_.quiet = seconds; }
  void predicted_seconds(double seconds) {
    status_.predicted_seconds = seconds;
  }
  void allocation_end(double time) { status_.allocation_end = time; }

  // An attempt that failed just now.
  void failed(int worker, TaskName task, const storage::Failure& failure);
  void given_up(TaskName task);

  // Whether two seconds have passed: the rest need not be gathered before.
  bool is_due() const;
  // Writes status.json now. A full disk is no reason to end a run: see
  // write_live_status().
  const LiveStatus& tell(RunPhase phase, std::vector<StageCount> stages,
                         std::vector<WorkerStatus> workers,
                         std::optional<double> seconds_left);
  // A new phase; tasks and workers are as they were told last.
  const LiveStatus& tell(RunPhase phase);

  const LiveStatus& status() const { return status_; }

 private:
  const storage::RunDirectory run_;
  Clock now_;
  LiveStatus status_;
  RecentRate recent_;
};

}  // namespace coxswain::runner
