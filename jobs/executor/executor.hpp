#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jobs/device/device.hpp"
#include "jobs/device/phase_times.hpp"
#include "jobs/task/task.hpp"
#include "storage/run/failure_kind.hpp"

namespace coxswain::jobs {

// What became of a task: its output, or why there is none.
struct TaskResult {
  bool ok = false;
  TaskOutput output;
  std::string reason;
  PhaseTimes times{};
  // The GPU has failed for good (an illegal address, a lost bus): this process
  // can compute nothing more.
  bool device_failed = false;
  storage::FailureKind kind{};  // of a failure
};

// Runs tasks, whatever they are. The scheduler's and the coordinator's tests
// pass their own.
class Executor {
 public:
  virtual ~Executor() = default;
  // Never throws: a task's exception becomes its reason.
  virtual TaskResult execute(const Task& task,
                             const std::vector<storage::ArrayMap>& inputs) = 0;
  // What decides the last bits of its results: numerics_description() of
  // jobs/device/device.hpp.
  virtual std::string numerics() const = 0;
  // Models and SAEs may stay loaded up to so many bytes together.
  virtual void keep_resident(std::int64_t /*bytes*/) {}
};

// The executor that computes, and keeps loaded what it is allowed to. One per
// process; not thread-safe. Models compute on the best device, or the one that
// is said; on `gpus` of them, each has about as many of a model's blocks.
// Throws JobError if these are not there.
std::unique_ptr<Executor> make_executor(int threads);
std::unique_ptr<Executor> make_executor_on(DeviceKind device, int gpus,
                                           int threads);

}  // namespace coxswain::jobs
