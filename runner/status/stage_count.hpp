#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runner/schedule/scheduler.hpp"

namespace coxswain::runner {

struct Plan;

// How far the tasks of one kind are. `total` is the sum of done, running,
// waiting and quarantined.
struct StageCount {
  std::string name;  // of the kind of task
  std::size_t total = 0;
  std::size_t done = 0;
  std::size_t running = 0;
  std::size_t waiting = 0;      // for inputs, or for a worker
  std::size_t failed = 0;       // attempts, those made good by a later one too
  std::size_t quarantined = 0;  // given up, or depending on what was
  double cost = 0;              // FLOPs of all of them
  double cost_done = 0;
  // What of its time a stage takes of the whole run's: the sum of what its
  // tasks weigh, but for those given up; and what of that is done, the computed
  // part of running tasks among it.
  double work = 0;
  double work_done = 0;
};

// What is to be known of a task.
struct TaskView {
  TaskState state = TaskState::waiting;
  std::uint32_t failed = 0;  // attempts
  double work = 0;           // its weight among all tasks, of any unit
  double part = 0;           // that is computed if it is leased, 0 to 1
};

// The stages of a plan that have tasks, in the order in which they are
// computed.
std::vector<StageCount> count_stages(
    const Plan& plan, const std::function<TaskView(std::size_t task)>& view);

// All stages as one, called "all".
StageCount sum_of(const std::vector<StageCount>& stages);

// How much of the work is done, 0 to 1; by tasks if none of them weighs
// anything. 1 as soon as nothing is left, and not before.
double share_done(const StageCount& stage);

}  // namespace coxswain::runner
