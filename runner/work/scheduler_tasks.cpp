#include "runner/work/scheduler_tasks.hpp"

#include <cstdint>
#include <string>

#include "storage/files/digest.hpp"

namespace coxswain::runner {
namespace {

// A hash of what a worker should have in memory for a task.
std::uint64_t resident_of(const jobs::Task& task) {
  const jobs::TaskLoads loads = jobs::loads_of(task);
  const auto hash = [](const std::string& what) {
    return what.empty() ? 0 : storage::key_of(what).low | 1U;
  };
  if (loads.sae != nullptr) return hash(loads.sae->digest + loads.sae->facts);
  return loads.model != nullptr ? hash(loads.model->digest) : 0;
}

}  // namespace

bool is_soft(const PlannedTask& task) {
  return jobs::kind_of(task.task) == jobs::kKindOf<jobs::EvaluateTask>;
}

std::vector<SchedulerTask> scheduler_tasks(const Plan& plan) {
  std::vector<SchedulerTask> tasks;
  for (const PlannedTask& task : plan.tasks) {
    tasks.push_back({numbers_of(task.inputs), task.flops,
                     static_cast<std::uint32_t>(jobs::kind_of(task.task)),
                     resident_of(task.task), is_soft(task)});
  }
  return tasks;
}

}  // namespace coxswain::runner
