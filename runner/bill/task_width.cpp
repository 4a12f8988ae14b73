#include "runner/bill/task_width.hpp"

#include <algorithm>
#include <cassert>

namespace coxswain::runner {

std::int64_t width_of_task(const Plan& plan, std::size_t task) {
  assert(task < plan.tasks.size());
  const PlannedTask& of = plan.tasks[task];
  const jobs::TaskLoads loads = loads_of(of.task);
  if (loads.sae != nullptr) {
    const auto sae =
        std::ranges::find(plan.saes, *loads.sae, &PlannedSae::source);
    assert(sae != plan.saes.end());
    return sae->header.d_in;
  }
  if (loads.model != nullptr) {
    return architecture_of(plan, *loads.model).d_model;
  }
  // Activations that are stored have one model, and no task before them.
  return of.inputs.empty() ? widest_of(plan)
                           : width_of_task(plan, of.inputs.front().number());
}

}  // namespace coxswain::runner
