#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// A power of two for each row of `vectors` [n, d_in] float64, by which its
// largest entry comes to lie in [1, 2): [n, 1], 1 for a row of zeros. The
// solvers divide by it and multiply the codes by it: both are exact, and
// squares of very large or small numbers stay within float64.
at::Tensor vector_scale(const at::Tensor& vectors);

}  // namespace coxswain::jobs
