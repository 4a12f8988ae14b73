#pragma once

#include <vector>

#include "runner/plan/plan.hpp"
#include "runner/schedule/task_graph.hpp"

namespace coxswain::runner {

// Whether a task does what it can without inputs that were given up: an
// evaluation does without vectors that could not be made, so that what fails
// costs its own cells.
bool is_soft(const PlannedTask& task);

// A plan's tasks as a scheduler knows them, in their order.
std::vector<SchedulerTask> scheduler_tasks(const Plan& plan);

}  // namespace coxswain::runner
