#include "runner/scheduler.hpp"

#include <algorithm>

namespace coxswain::runner {

Scheduler::Scheduler(std::vector<SchedulerTask> tasks,
                     const std::set<std::size_t>& done)
    : tasks_(std::move(tasks)),
      dependents_(tasks_.size()),
      states_(tasks_.size(), TaskState::waiting),
      missing_inputs_(tasks_.size()),
      attempts_(tasks_.size(), 0),
      failed_on_(tasks_.size()),
      open_(tasks_.size()) {
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    missing_inputs_[task] = tasks_[task].inputs.size();
    for (const std::size_t input : tasks_[task].inputs) {
      dependents_[input].push_back(task);
    }
    if (tasks_[task].inputs.empty()) make_ready(task);
  }
  for (const std::size_t task : done) finish(task);
}

void Scheduler::make_ready(std::size_t task) {
  if (states_[task] == TaskState::waiting) {
    states_[task] = TaskState::ready;
    ready_.insert(task);
  }
}

bool Scheduler::may_have(std::size_t task, int worker) const {
  const std::set<int>& failed = failed_on_[task];
  return !failed.contains(worker) ||
         std::includes(failed.begin(), failed.end(), workers_.begin(),
                       workers_.end());
}

std::optional<std::size_t> Scheduler::lease(int worker) {
  const auto chosen =
      std::find_if(ready_.begin(), ready_.end(),
                   [&](std::size_t task) { return may_have(task, worker); });
  if (chosen == ready_.end()) return std::nullopt;
  const std::size_t task = *chosen;
  ready_.erase(chosen);
  states_[task] = TaskState::leased;
  ++attempts_[task];
  ++leased_;
  return task;
}

bool Scheduler::finish(std::size_t task) {
  if (states_[task] == TaskState::done ||
      states_[task] == TaskState::quarantined) {
    return false;
  }
  if (states_[task] == TaskState::leased) --leased_;
  ready_.erase(task);
  states_[task] = TaskState::done;
  ++done_;
  --open_;
  for (const std::size_t dependent : dependents_[task]) {
    if (--missing_inputs_[dependent] == 0) make_ready(dependent);
  }
  return true;
}

std::vector<std::size_t> Scheduler::fail(std::size_t task, int worker) {
  std::vector<std::size_t> out;
  if (states_[task] != TaskState::leased) return out;
  --leased_;
  failed_on_[task].insert(worker);
  if (attempts_[task] < kAttempts) {
    states_[task] = TaskState::ready;
    ready_.insert(task);
  } else {
    quarantine(task, out);
  }
  return out;
}

void Scheduler::quarantine(std::size_t task, std::vector<std::size_t>& out) {
  if (states_[task] == TaskState::quarantined ||
      states_[task] == TaskState::done) {
    return;
  }
  states_[task] = TaskState::quarantined;
  ++quarantined_;
  --open_;
  out.push_back(task);
  for (const std::size_t dependent : dependents_[task]) {
    quarantine(dependent, out);
  }
}

}  // namespace coxswain::runner
