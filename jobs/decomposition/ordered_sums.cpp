#include "jobs/decomposition/ordered_sums.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kSums = 8;  // one alone waits for each addition

}  // namespace

double ordered_dot(const double* x, const double* y, std::int64_t n) {
  double sums[kSums] = {};
  std::int64_t i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (std::int64_t k = 0; k < kSums; ++k) sums[k] += x[i + k] * y[i + k];
  }
  for (std::int64_t k = 0; i + k < n; ++k) sums[k] += x[i + k] * y[i + k];
  for (std::int64_t width = kSums / 2; width > 0; width /= 2) {
    for (std::int64_t k = 0; k < width; ++k) sums[k] += sums[k + width];
  }
  return sums[0];
}

void add_scaled(double factor, const double* x, std::int64_t n, double* y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

void times_rows(const double* A, std::int64_t rows, std::int64_t columns,
                const double* x, double* out) {
  for (std::int64_t i = 0; i < rows; ++i) {
    out[i] = ordered_dot(A + i * columns, x, columns);
  }
}

void add_rows(const double* A, std::int64_t rows, std::int64_t columns,
              const double* w, double* out) {
  std::int64_t i = 0;
  // Four rows a pass: `out` is read and written a quarter as often.
  for (; i + 4 <= rows; i += 4) {
    const double* a = A + i * columns;
    const double* b = a + columns;
    const double* c = b + columns;
    const double* d = c + columns;
    for (std::int64_t k = 0; k < columns; ++k) {
      out[k] +=
          (w[i] * a[k] + w[i + 1] * b[k]) + (w[i + 2] * c[k] + w[i + 3] * d[k]);
    }
  }
  for (; i < rows; ++i) add_scaled(w[i], A + i * columns, columns, out);
}

double ordered_norm(const at::Tensor& x) {
  assert(x.is_contiguous() && x.scalar_type() == at::kDouble);
  const double* values = x.data_ptr<double>();
  return std::sqrt(ordered_dot(values, values, x.numel()));
}

}  // namespace coxswain::jobs
