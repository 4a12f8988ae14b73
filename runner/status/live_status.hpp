#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runner/status/stage_count.hpp"
#include "storage/run/failure_kind.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a coordinator is at.
enum class RunPhase : std::uint8_t {
  starting,
  running,
  draining,
  sealing,
  ended
};
// What a worker is at, as far as its coordinator has heard.
enum class WorkerPhase : std::uint8_t { idle, computing, silent, lost };

const char* name_of(RunPhase phase);
const char* name_of(WorkerPhase phase);

// A worker of this start.
struct WorkerStatus {
  int number = 0;  // its rank
  std::string host;
  std::string gpu;  // its own, as CUDA_VISIBLE_DEVICES names it, or ""
  WorkerPhase phase = WorkerPhase::idle;
  std::optional<std::size_t> task;  // what it computes, number in the plan
  std::string kind;                 // of that task
  double since = 0;                 // s, that it is in this phase
  std::size_t tasks_done = 0;
  double computing = 0;  // s, in all
};

// A task by its number in the plan, and as the journal knows it.
struct TaskName {
  std::size_t task = 0;
  std::string kind;
  std::string key;  // hexadecimal
};

// An attempt that failed.
struct ErrorNote {
  double time = 0;  // s since 1970
  int worker = 0;
  TaskName task;
  std::string sentence;
  storage::FailureKind failure = storage::FailureKind::unknown;
};

// How far a run is: what the coordinator tells those who look at its directory
// from elsewhere. It is a report, never read by a run.
struct LiveStatus {
  std::string name;         // of the run
  std::string id;           // made at its first start
  std::uint64_t epoch = 0;  // number of this start
  std::string host;         // of the coordinator
  std::int64_t process = 0;
  double begun = 0;    // this start, s since 1970
  double written = 0;  // this status, s since 1970
  // How old this may become before its run is taken for dead, s. Who computes
  // in the coordinator's own process renews it between tasks alone.
  double quiet = 15;
  RunPhase phase = RunPhase::starting;
  std::string numerics;
  std::vector<StageCount> stages;
  std::vector<WorkerStatus> workers;
  double tasks_per_second = 0;
  double flops_per_second = 0;
  std::optional<double> seconds_left;       // none: not known yet
  std::optional<double> predicted_seconds;  // of the plan, for this start
  std::optional<double> allocation_end;     // s since 1970
  std::vector<ErrorNote> errors;   // the last kMostErrors, oldest first
  std::vector<TaskName> given_up;  // the first kMostGivenUp
};
constexpr std::size_t kMostErrors = 10;
constexpr std::size_t kMostGivenUp = 1000;

// README.md here documents the keys.
void to_json(nlohmann::json& json, const LiveStatus& status);
void from_json(const nlohmann::json& json, LiveStatus& status);

// Puts RUN/status.json in place whole, but unsynced: what a crash loses of it
// is no loss. False if it could not be written, which must not end a run.
bool write_live_status(const storage::RunDirectory& run,
                       const LiveStatus& status);

// None without a status.json. Throws StorageError for one that is cut, damaged
// or of another version.
std::optional<LiveStatus> read_live_status(const storage::RunDirectory& run);

}  // namespace coxswain::runner
