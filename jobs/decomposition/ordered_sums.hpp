#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace coxswain::jobs {

// Sums over one vector's numbers, always added in the same order: a library's
// products of a matrix and a vector may divide them among threads, or by where
// they lie in memory.

// x . y
double ordered_dot(const double* x, const double* y, std::int64_t n);
// y += factor x
void add_scaled(double factor, const double* x, std::int64_t n, double* y);
// out[i] = A_i . x for rows of A [rows, columns], which lie one behind another.
void times_rows(const double* A, std::int64_t rows, std::int64_t columns,
                const double* x, double* out);
// out += sum_i w[i] A_i
void add_rows(const double* A, std::int64_t rows, std::int64_t columns,
              const double* w, double* out);

// |x| of a vector whose numbers lie one behind another.
double ordered_norm(const at::Tensor& x);

}  // namespace coxswain::jobs
