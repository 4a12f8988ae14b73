#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "jobs/task/evaluate_task.hpp"
#include "runner/growth/run_inputs.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// Of one variant, by field.
using VariantFacts = std::vector<std::pair<const char*, std::string>>;

// What an evaluation says of one of its variants, added to `facts`; `made` are
// those of its variants task. -> `row`, the traits of the task's subject, with
// the variant's.
CellTraits add_steered_facts(const jobs::EvaluateTask& task,
                             std::size_t variant,
                             const std::vector<VariantFacts>& made,
                             CellTraits row, Facts& facts);

}  // namespace coxswain::runner
