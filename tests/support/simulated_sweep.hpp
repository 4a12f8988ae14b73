#pragma once

#include <cstdint>
#include <vector>

#include "runner/schedule/task_graph.hpp"

namespace coxswain::tests {

// Tasks for a simulated crew. Their costs are their seconds: what makes them
// take longer than that is the crew's to decide.
struct SimulatedSweep {
  std::vector<runner::SchedulerTask> tasks;
  std::vector<double> seconds;
  // Behind `barriers` of tasks that everything later waits for: no crew of
  // `workers` is faster. s.
  double bound(int workers) const;
  std::vector<std::size_t> barriers;  // ends of the phases, in tasks
};

// The seconds of every task of first light's run, by kind; recorded on two
// cores with other work beside, as run.json has them.
const std::vector<double>& recorded_extracts();
const std::vector<double>& recorded_evaluates();

// Independent tasks that take what recorded ones of any kind took, drawn at
// random, times `scale`.
SimulatedSweep recorded_tasks(std::size_t n, double scale, std::uint64_t seed);

// Independent tasks of `seconds` each.
SimulatedSweep equal_tasks(std::size_t n, double seconds);

// The sizes of a sweep with the dependencies of real ones: extracts by
// behaviour -> its vector -> decompositions of all, one an SAE -> each
// behaviour's variants -> its evaluations.
struct SweepSize {
  std::size_t behaviours = 0, extracts = 0, saes = 0, evaluates = 0;
};
SimulatedSweep whole_sweep(const SweepSize& size, std::uint64_t seed);

}  // namespace coxswain::tests
