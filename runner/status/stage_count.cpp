#include "runner/status/stage_count.hpp"

#include <algorithm>
#include <map>

#include "runner/plan/plan.hpp"

namespace coxswain::runner {
namespace {

void count(StageCount& stage, const TaskView& view, double cost) {
  ++stage.total;
  stage.cost += cost;
  stage.failed += view.failed;
  if (view.state != TaskState::quarantined) stage.work += view.work;
  switch (view.state) {
    case TaskState::done:
      ++stage.done;
      stage.cost_done += cost;
      stage.work_done += view.work;
      break;
    case TaskState::leased:
      ++stage.running;
      stage.work_done += view.part * view.work;
      break;
    case TaskState::quarantined:
      ++stage.quarantined;
      break;
    case TaskState::waiting:
    case TaskState::ready:
      ++stage.waiting;
      break;
  }
}

}  // namespace

std::vector<StageCount> count_stages(
    const Plan& plan, const std::function<TaskView(std::size_t task)>& view) {
  std::map<jobs::TaskKind, StageCount> kinds;
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    const PlannedTask& planned = plan.tasks[task];
    count(kinds[jobs::kind_of(planned.task)], view(task), planned.flops);
  }
  std::vector<StageCount> stages;
  for (const jobs::TaskKind kind : jobs::kinds_in_order()) {
    const auto found = kinds.find(kind);
    if (found == kinds.end()) continue;
    found->second.name = name_of(kind);
    stages.push_back(std::move(found->second));
  }
  return stages;
}

StageCount sum_of(const std::vector<StageCount>& stages) {
  StageCount all;
  all.name = "all";
  for (const StageCount& stage : stages) {
    all.total += stage.total;
    all.done += stage.done;
    all.running += stage.running;
    all.waiting += stage.waiting;
    all.failed += stage.failed;
    all.quarantined += stage.quarantined;
    all.cost += stage.cost;
    all.cost_done += stage.cost_done;
    all.work += stage.work;
    all.work_done += stage.work_done;
  }
  return all;
}

double share_done(const StageCount& stage) {
  // Sums of parts may round up to the whole.
  constexpr double kAlmost = 0.9999;
  if (stage.done + stage.quarantined >= stage.total) return 1;
  const double share = stage.work > 0 ? stage.work_done / stage.work
                                      : static_cast<double>(stage.done) /
                                            static_cast<double>(stage.total);
  return std::clamp(share, 0.0, kAlmost);
}

}  // namespace coxswain::runner
