#pragma once

#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// resid_post at every kept token of both strings of some pairs, rounded to the
// nearest of the task's kind (ties to even). All pairs of a task are one pass.
// Throws JobError for an infinity or a NaN.
TaskOutput string_activations(const StoreTask& task, const Transformer& model);

}  // namespace coxswain::jobs
