#include "runner/work/task_work.hpp"

#include <algorithm>

namespace coxswain::runner {
namespace {

bool is_known(const PlannedTask& task, const Calibration* calibration) {
  return calibration != nullptr &&
         calibration->seconds(jobs::kind_of(task.task), task.flops).has_value();
}

}  // namespace

std::vector<double> task_work(const Plan& plan,
                              const Calibration* calibration) {
  const bool timed = std::ranges::all_of(
      plan.tasks,
      [&](const PlannedTask& task) { return is_known(task, calibration); });
  std::vector<double> work;
  for (const PlannedTask& task : plan.tasks) {
    work.push_back(
        timed ? calibration->seconds(jobs::kind_of(task.task), task.flops)
                    .value_or(0)
              : task.flops);
  }
  return work;
}

}  // namespace coxswain::runner
