#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jobs/device.hpp"
#include "jobs/phase_times.hpp"
#include "jobs/task.hpp"

namespace coxswain::jobs {

// What became of a task: its output, or why there is none.
struct TaskResult {
  bool ok = false;
  TaskOutput output;
  std::string reason;
  PhaseTimes times{};
};

// Runs tasks, whatever they are. The scheduler's and the coordinator's tests
// pass their own.
class Executor {
 public:
  virtual ~Executor() = default;
  // Never throws: a task's exception becomes its reason.
  virtual TaskResult execute(const Task& task,
                             const std::vector<storage::ArrayMap>& inputs) = 0;
  // See jobs/device.hpp.
  virtual std::string numerics() const = 0;
};

// The one that computes: keeps the last model and SAE it used in memory. One
// per process; not thread-safe.
// Models compute on the best device, or the one that is said. Throws JobError
// if that is not there.
std::unique_ptr<Executor> make_executor(int threads);
std::unique_ptr<Executor> make_executor_on(DeviceKind device, int threads);

}  // namespace coxswain::jobs
