#pragma once

#include <cstdint>
#include <vector>

#include "runner/schedule/scheduler.hpp"

namespace coxswain::tests {

// What a simulated crew has to live with. Equal conditions give equal runs.
struct CrewConditions {
  int workers = 1;
  std::uint64_t seed = 0;
  double latency = 0.0005;  // s, of a message either way
  double beat = 10;         // s between signs of life
  double load = 0;          // s to load another model or SAE
  double deaths = 0;        // share of the workers that die, at uniform times
                            // before `deaths_until`, without a word
  double deaths_until = 0;  // s
  double slow = 0;          // share of the work that takes `slow_factor` times
  double slow_factor = 4;   // as long
  // Slow tasks are slow on every worker; slow attempts only that time.
  enum class Slowness : std::uint8_t { task, attempt };
  Slowness slowness = Slowness::task;
};

// What came of a simulation.
struct CrewRun {
  double makespan = 0;      // s, until the last result was taken
  double useful = 0;        // worker seconds of the results that counted
  double live_seconds = 0;  // worker seconds alive until then
  // s, at best: what the living can do of the useful work, and the longest
  // chain of it.
  double work_bound = 0, chain_bound = 0;
  std::size_t done = 0, quarantined = 0;
  std::size_t leases = 0, copies = 0, loads = 0, lost = 0;
  std::size_t events = 0;        // without signs of life
  double scheduler_seconds = 0;  // of processor time, in the scheduler

  double bound() const {
    return work_bound > chain_bound ? work_bound : chain_bound;
  }
};

// Discrete events: every task takes `seconds` of its own, workers compute their
// leases in the order they were given. Sees nothing of the scheduler but its
// interface.
CrewRun simulate(const std::vector<runner::SchedulerTask>& tasks,
                 const std::vector<double>& seconds,
                 const CrewConditions& conditions,
                 const runner::SchedulerPolicy& policy = {});

// In [0, 1), a function of its arguments alone.
double uniform(std::uint64_t seed, std::uint64_t a, std::uint64_t b);

}  // namespace coxswain::tests
