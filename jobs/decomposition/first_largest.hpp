#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace coxswain::jobs {

// The lowest index of the largest of `scores` [m] float64. What rounding can
// make of equal numbers (a relative 1e-12; a matrix product may sum its
// columns in different orders) counts as equal, so that equal atoms always
// give way to the first of them. -1 without scores or when none is a number.
std::int64_t first_largest(const at::Tensor& scores);

}  // namespace coxswain::jobs
