#pragma once

#include <functional>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Makes the vectors that will be added. `model` is asked for only if a planted
// vector is among them.
TaskOutput make_variants(const VariantsTask& task,
                         const std::vector<storage::ArrayMap>& inputs,
                         const std::function<const Transformer&()>& model);

}  // namespace coxswain::jobs
