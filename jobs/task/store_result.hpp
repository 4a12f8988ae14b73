#pragma once

#include "jobs/task/result_array.hpp"

// What StoreTask gives: bulk alone.
namespace coxswain::jobs::store_result {

// [n_layers, n_rows, d_model] of StoreTask::dtype.
inline constexpr AnyNumbers kActivations{"activations"};

}  // namespace coxswain::jobs::store_result
