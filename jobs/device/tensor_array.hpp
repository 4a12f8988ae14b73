#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// Between libtorch's tensors and the arrays that are stored and sent: f32, f64,
// i64 and bf16, of any device.
storage::Array to_array(const at::Tensor& tensor);
at::Tensor to_tensor(const storage::Array& array);

// Throws NumbersError that names `what` if `values` has an infinity or a NaN:
// such numbers are refused, never stored as results. Weights are finite, they
// were asked when they were read: `remedy` speaks of what else it can be.
void require_finite(const at::Tensor& values, const std::string& what,
                    const std::string& remedy);

}  // namespace coxswain::jobs
