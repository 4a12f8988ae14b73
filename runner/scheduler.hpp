#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace coxswain::runner {

// What the scheduler knows of a task.
struct SchedulerTask {
  std::vector<std::size_t> inputs;
};

enum class TaskState : std::uint8_t {
  waiting,  // for inputs
  ready,
  leased,
  done,
  quarantined,
};

// Decides which task goes to whom. A pure state machine: no clock, no
// messages, no files; events in, decisions out. Task order is the plan's.
class Scheduler {
 public:
  // `done` are tasks that a journal already has.
  Scheduler(std::vector<SchedulerTask> tasks,
            const std::set<std::size_t>& done);

  // A worker that may be given tasks from now on.
  void add_worker(int worker) { workers_.insert(worker); }
  // The next task for `worker`, now leased to it; none if nothing is ready that
  // it may have: a task that failed on a worker goes to another one as long as
  // there is one that has not failed it.
  std::optional<std::size_t> lease(int worker);
  // False if the task was done already (a late copy): drop its result.
  bool finish(std::size_t task);
  // A failed attempt. Gives back to the queue, or quarantines after
  // kAttempts, with everything that depends on the task; returns the tasks
  // that were quarantined.
  std::vector<std::size_t> fail(std::size_t task, int worker);

  TaskState state(std::size_t task) const { return states_[task]; }
  std::uint32_t attempts(std::size_t task) const { return attempts_[task]; }
  // Nothing is left that could still be done.
  bool finished() const { return open_ == 0; }
  std::size_t leased() const { return leased_; }
  std::size_t done() const { return done_; }
  std::size_t quarantined() const { return quarantined_; }

  static constexpr std::uint32_t kAttempts = 3;

 private:
  void make_ready(std::size_t task);
  bool may_have(std::size_t task, int worker) const;
  void quarantine(std::size_t task, std::vector<std::size_t>& out);

  std::vector<SchedulerTask> tasks_;
  std::vector<std::vector<std::size_t>> dependents_;
  std::vector<TaskState> states_;
  std::vector<std::size_t> missing_inputs_;
  std::vector<std::uint32_t> attempts_;
  std::set<int> workers_;
  std::vector<std::set<int>> failed_on_;  // workers, by task
  std::set<std::size_t> ready_;           // in plan order
  std::size_t open_ = 0, leased_ = 0, done_ = 0, quarantined_ = 0;
};

}  // namespace coxswain::runner
