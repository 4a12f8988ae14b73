#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// Sums whose order follows from what is summed alone. Those of the library are
// parted by threads, by the place of a row among others, and by its own choice
// of instructions. All are float64, on the device of what is summed.

// Of two vectors [d].
double vector_dot(const at::Tensor& a, const at::Tensor& b);
double vector_norm(const at::Tensor& v);

// Of each row of x [n, d]: [n]. A row's bits depend on that row alone.
at::Tensor row_sums(const at::Tensor& x);
at::Tensor row_norms(const at::Tensor& x);

// Row after row of x [n, d]: [d]. What is added in parts has the same bits.
at::Tensor column_sums(const at::Tensor& x);
at::Tensor column_means(const at::Tensor& x);

// Number after number of v [n].
double vector_sum(const at::Tensor& v);

}  // namespace coxswain::jobs
