#pragma once

#include <functional>
#include <vector>

#include "jobs/device/phase_times.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Every item under every variant and multiplier, but for those that are known
// and those that have no vector. A cell whose logits are not finite is marked,
// and costs no other. `model` is asked for only if there is something to
// compute.
TaskOutput evaluate(const EvaluateTask& task,
                    const std::vector<storage::ArrayMap>& inputs,
                    const std::function<const Transformer&()>& model,
                    PhaseTimes* times = nullptr);
TaskOutput evaluate(const EvaluateTask& task,
                    const std::vector<storage::ArrayMap>& inputs,
                    const Transformer& model, PhaseTimes* times = nullptr);

}  // namespace coxswain::jobs
