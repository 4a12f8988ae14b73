#include "runner/schedule/task_graph.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace coxswain::runner {

TaskGraph::TaskGraph(const std::vector<SchedulerTask>& tasks,
                     const std::set<std::size_t>& done)
    : first_(tasks.size() + 1),
      chains_(tasks.size()),
      ranks_(tasks.size()),
      order_(tasks.size()) {
  assert(tasks.size() <= std::numeric_limits<std::uint32_t>::max());
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    for (const std::size_t input : tasks[task].inputs) {
      assert(input < task && "inputs come earlier in the plan");
      ++first_[input + 1];
    }
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  dependents_.resize(first_.back());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    for (const std::size_t input : tasks[task].inputs) {
      dependents_[next[input]++] = static_cast<std::uint32_t>(task);
    }
  }
  // Inputs come earlier in the plan, so that from its end every dependent is
  // known before what it depends on.
  for (std::size_t task = tasks.size(); task-- > 0;) {
    if (done.contains(task)) continue;
    for (const std::size_t dependent : dependents(task)) {
      chains_[task] = std::max(chains_[task], chains_[dependent]);
    }
    chains_[task] += tasks[task].cost;
  }
  std::iota(order_.begin(), order_.end(), 0U);
  std::stable_sort(order_.begin(), order_.end(),
                   [this](std::uint32_t a, std::uint32_t b) {
                     return chains_[a] > chains_[b];
                   });
  for (std::size_t rank = 0; rank < order_.size(); ++rank) {
    ranks_[order_[rank]] = static_cast<std::uint32_t>(rank);
  }
}

}  // namespace coxswain::runner
