#pragma once

#include <cassert>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace coxswain::runner {

// What the scheduler knows of a task.
struct SchedulerTask {
  std::vector<std::size_t> inputs;  // tasks it depends on, all of them earlier
  double cost = 0;                  // expected work, in any one unit (FLOPs)
  std::uint32_t kind = 0;           // tasks of one kind run at one rate
  // What a worker should have loaded for it: a hash of its model or SAE; 0 if
  // it needs nothing.
  std::uint64_t resident = 0;
  // Whether it does what it can with those of its inputs that are done, once
  // the others were given up. Nothing may depend on it.
  bool soft = false;
};

// What depends on what, and how much is behind each task. Fixed once built;
// linear in tasks and inputs but for one sort.
class TaskGraph {
 public:
  // Nothing is behind tasks that are `done`.
  TaskGraph(const std::vector<SchedulerTask>& tasks,
            const std::set<std::size_t>& done);

  std::size_t size() const { return chains_.size(); }
  std::span<const std::uint32_t> dependents(std::size_t task) const {
    assert(task < size());
    return std::span(dependents_)
        .subspan(first_[task], first_[task + 1] - first_[task]);
  }
  // The longest chain of cost from this task on, its own included.
  double chain(std::size_t task) const {
    assert(task < size());
    return chains_[task];
  }
  // 0 for the task with the longest chain; equal chains in plan order.
  std::uint32_t rank(std::size_t task) const {
    assert(task < size());
    return ranks_[task];
  }
  std::size_t at_rank(std::size_t rank) const {
    assert(rank < size());
    return order_[rank];
  }

 private:
  std::vector<std::size_t> first_;         // of dependents_, by task; one more
  std::vector<std::uint32_t> dependents_;  // task by task
  std::vector<double> chains_;
  std::vector<std::uint32_t> ranks_, order_;
};

}  // namespace coxswain::runner
