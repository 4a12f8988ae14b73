#include "runner/plan/memory_budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

std::int64_t largest_model(const Plan& plan) {
  std::int64_t largest = 0;
  for (const PlannedModel& model : plan.models) {
    const auto source = plan.sources.find(model.source.path);
    if (source != plan.sources.end()) {
      largest = std::max(largest, source->second.memory_bytes);
    }
  }
  return largest;
}

// All sources that are no model's.
std::int64_t largest_sae(const Plan& plan) {
  std::set<std::string> models;
  for (const PlannedModel& model : plan.models) {
    models.insert(model.source.path);
  }
  std::int64_t largest = 0;
  for (const auto& [path, source] : plan.sources) {
    if (!models.contains(path)) {
      largest = std::max(largest, source.memory_bytes);
    }
  }
  return largest;
}

const PlannedTask& largest_task(const Plan& plan) {
  return *std::ranges::max_element(plan.tasks, {}, [](const PlannedTask& one) {
    return one.size.memory_bytes;
  });
}

}  // namespace

std::optional<std::int64_t> memory_for_tasks(const Plan& plan) {
  if (plan.sweep.memory_mb == 0) return std::nullopt;
  return plan.sweep.memory_mb * 1'000'000 - kProcessBytes -
         largest_model(plan) - largest_sae(plan);
}

std::int64_t resident_bytes(const Plan& plan) {
  const std::int64_t largest = largest_model(plan) + largest_sae(plan);
  const auto memory = memory_for_tasks(plan);
  if (!memory || plan.tasks.empty()) return largest;
  return largest + *memory - largest_task(plan).size.memory_bytes;
}

void check_memory(const Plan& plan) {
  const auto memory = memory_for_tasks(plan);
  if (!memory || plan.tasks.empty()) return;
  const PlannedTask& task = largest_task(plan);
  if (task.size.memory_bytes <= *memory) return;
  const std::int64_t needed =
      plan.sweep.memory_mb * 1'000'000 - *memory + task.size.memory_bytes;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{
          plan.sweep.path, "numerics.memory_mb",
          std::to_string(plan.sweep.memory_mb),
          fmt::format(
              "at least {}: a worker holds {:.0f} MB of program, "
              "model and SAE, and a task of kind {} takes {:.0f} MB",
              (needed + 999'999) / 1'000'000,
              static_cast<double>(needed - task.size.memory_bytes) / 1e6,
              jobs::name_of(jobs::kind_of(task.task)),
              static_cast<double>(task.size.memory_bytes) / 1e6),
          "raise it, or take fewer layers at once"});
}

}  // namespace coxswain::runner
