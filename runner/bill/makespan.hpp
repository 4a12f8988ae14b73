#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace coxswain::runner {

// How long a sweep takes with some number of workers, played through lease by
// lease. Pure: no clock, no plan.

// A task as the play sees it.
struct TimedTask {
  std::vector<std::size_t> inputs;  // earlier tasks
  double seconds = 0;
  // What a worker must have loaded, of one kind each (a model, an SAE): which
  // of the loads, -1 for none. A worker keeps the last of each kind.
  std::array<int, 2> needs = {-1, -1};
};

// What came of a play.
struct Makespan {
  double seconds = 0;
  std::vector<int> loads;  // how often each was loaded, by all workers
};

// An idle worker is given the task, of those whose inputs are done, that has
// the longest chain of tasks behind it, less what it would have to load first.
Makespan makespan(const std::vector<TimedTask>& tasks,
                  const std::vector<double>& load_seconds, int workers);

// Seconds of the longest chain of tasks: what no number of workers goes below.
double longest_chain(const std::vector<TimedTask>& tasks);

}  // namespace coxswain::runner
