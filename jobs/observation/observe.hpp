#pragma once

#include <functional>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Norms of resid_post at every token of the task's texts. Throws JobError for
// an infinity or a NaN.
TaskOutput observe(const ObserveTask& task, const Transformer& model);

// L2 norms of rows [n, d_model], in float64.
std::vector<double> norms_of(const at::Tensor& rows);

// f(some of the texts), in order, as many as go through one clean pass.
void for_each_pass(
    const std::vector<std::vector<std::int32_t>>& texts,
    const std::function<void(const std::vector<ContrastTokens>&)>& f);

}  // namespace coxswain::jobs
