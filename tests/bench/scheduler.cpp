// scheduler [SHARE]: simulated crews of the sizes that the scheduler is made
// for (SHARE: a part of the largest), and what it makes of them.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "tests/support/simulated_crew.hpp"
#include "tests/support/simulated_sweep.hpp"

using namespace coxswain;
using namespace coxswain::tests;

namespace {

void print_head() {
  fmt::print(
      "{:<44} {:>7} {:>8} {:>9} {:>9} {:>7} {:>7} {:>7} {:>7} {:>6} {:>9}\n",
      "", "workers", "tasks", "bound s", "took s", "above %", "useful%",
      "largest", "copies", "loads", "per s");
}

void report(const std::string& name, const SimulatedSweep& sweep,
            const CrewConditions& conditions,
            const runner::SchedulerPolicy& policy = {}) {
  const CrewRun run = simulate(sweep.tasks, sweep.seconds, conditions, policy);
  const double bound = std::max(
      run.bound(), conditions.slow > 0 ? 0 : sweep.bound(conditions.workers));
  const double largest =
      *std::max_element(sweep.seconds.begin(), sweep.seconds.end()) *
      (conditions.slow > 0 ? conditions.slow_factor : 1);
  fmt::print(
      "{:<44} {:>7} {:>8} {:>9.2f} {:>9.2f} {:>7.2f} {:>7.2f} {:>6.2f}% "
      "{:>7} {:>6} {:>9.0f}\n",
      name, conditions.workers, sweep.tasks.size(), bound, run.makespan,
      100 * (run.makespan / bound - 1), 100 * run.useful / run.live_seconds,
      100 * largest / bound, run.copies, run.loads,
      static_cast<double>(run.events + run.leases) / run.scheduler_seconds);
  std::fflush(stdout);  // the next takes a while
  if (run.done != sweep.tasks.size()) {
    fmt::print("  {} of {} tasks done, {} quarantined\n", run.done,
               sweep.tasks.size(), run.quarantined);
  }
}

// One in a hundred workers dies, one task in twenty takes four times as long.
void stormy(const std::string& name, const SimulatedSweep& sweep, int workers) {
  CrewConditions conditions;
  conditions.workers = workers;
  conditions.seed = 1;
  report(name + ", calm", sweep, conditions);
  conditions.deaths = 0.01;
  conditions.deaths_until =
      1.15 * std::accumulate(sweep.seconds.begin(), sweep.seconds.end(), 0.0) /
      workers;
  conditions.slow = 0.05;
  report(name + ", slow tasks", sweep, conditions);
  conditions.slowness = CrewConditions::Slowness::attempt;
  report(name + ", slow attempts", sweep, conditions);
}

void whole(const std::string& name, const SweepSize& size, int workers,
           double load = 0) {
  CrewConditions conditions;
  conditions.workers = workers;
  conditions.load = load;
  report(name, whole_sweep(size, 1), conditions);
}

}  // namespace

int main(int argc, char** argv) {
  const double share = argc > 1 ? std::atof(argv[1]) : 1;
  const auto part = [share](double n) { return std::lround(n * share); };
  const auto n = static_cast<std::size_t>(part(1e6));
  print_head();
  stormy("literal", recorded_tasks(n, 1, 1), static_cast<int>(part(10000)));
  stormy("no task above 1 %", recorded_tasks(n, 1, 1),
         static_cast<int>(part(350)));
  stormy("literal, all equal", equal_tasks(n, 14),
         static_cast<int>(part(10000)));
  stormy("all equal, none above 1 %", equal_tasks(n, 14),
         static_cast<int>(part(2000)));
  stormy("tasks of 50 microseconds", recorded_tasks(n, 50e-6 / 14, 1),
         static_cast<int>(part(100)));
  for (const int workers : {8, 64}) {
    whole("3 behaviours, 1 SAE, 300 pairs", {3, 19, 1, 7}, workers);
    whole("7 behaviours, 26 SAEs", {7, 50, 26, 50}, workers);
    whole("7 behaviours, 130 SAEs, 500 items", {7, 63, 130, 63}, workers);
    whole("36 behaviours, 130 SAEs", {36, 63, 130, 63}, workers);
    whole("36 behaviours, 130 SAEs, 3 s a load", {36, 63, 130, 63}, workers, 3);
  }
}
