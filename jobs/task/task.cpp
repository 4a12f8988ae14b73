#include "jobs/task/task.hpp"

#include <algorithm>

namespace coxswain::jobs {

TaskLoads loads_of(const Task& task) {
  if (const auto* variants = std::get_if<VariantsTask>(&task)) {
    const bool planted =
        std::any_of(variants->requests.begin(), variants->requests.end(),
                    [](const VariantRequest& request) {
                      return request.source == VariantSource::planted;
                    });
    return {planted ? &variants->model : nullptr, nullptr};
  }
  if (const auto* activity = std::get_if<ActivityTask>(&task)) {
    return {activity->texts.empty() ? nullptr : &activity->model,
            &activity->sae};
  }
  return std::visit(
      [](const auto& one) -> TaskLoads {
        if constexpr (requires { one.sae; }) {
          return {nullptr, &one.sae};
        } else if constexpr (requires { one.model; }) {
          return {&one.model, nullptr};
        } else {
          return {};
        }
      },
      task);
}

const char* name_of(TaskKind kind) {
  constexpr const char* kNames[] = {"extract",  "vector",   "decompose",
                                    "variants", "evaluate", "import",
                                    "store",    "observe",  "activity"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace coxswain::jobs
