#include "tests/support/scheduled.hpp"

namespace coxswain::tests {

Given given(runner::Scheduler& scheduler, double now) {
  Given all;
  while (const auto one = scheduler.next(now)) {
    all.push_back(std::to_string(one->task) + "@" +
                  std::to_string(one->worker) + (one->copy ? "*" : ""));
  }
  return all;
}

void add_workers(runner::Scheduler& scheduler, int n) {
  for (int worker = 1; worker <= n; ++worker) scheduler.add_worker(worker, 0);
}

std::vector<runner::SchedulerTask> independent_tasks(std::size_t n, double cost,
                                                     std::uint64_t resident) {
  return std::vector<runner::SchedulerTask>(n, {{}, cost, 0, resident});
}

runner::SchedulerPolicy with_lead(double lead) {
  runner::SchedulerPolicy policy;
  policy.lead = lead;
  return policy;
}

}  // namespace coxswain::tests
