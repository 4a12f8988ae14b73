#include "jobs/device/fixed_sums.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>

namespace coxswain::jobs {

at::Tensor row_sums(const at::Tensor& x) {
  assert(x.dim() == 2);
  at::Tensor left = x.to(at::kDouble);
  if (left.size(1) == 0) return at::zeros({x.size(0)}, left.options());
  // The second half is added to the first until one column is left: number by
  // number, which no library does in several ways.
  while (left.size(1) > 1) {
    const std::int64_t half = left.size(1) / 2;
    const at::Tensor sums =
        left.narrow(1, 0, half) + left.narrow(1, left.size(1) - half, half);
    left = left.size(1) % 2 == 0 ? sums
                                 : at::cat({sums, left.narrow(1, half, 1)}, 1);
  }
  return left.squeeze(1);
}

at::Tensor row_norms(const at::Tensor& x) {
  return row_sums(x.to(at::kDouble).square()).sqrt_();
}

double vector_dot(const at::Tensor& a, const at::Tensor& b) {
  assert(a.dim() == 1 && a.sizes() == b.sizes());
  return row_sums((a.to(at::kDouble) * b.to(at::kDouble)).unsqueeze(0))
      .item<double>();
}

double vector_norm(const at::Tensor& v) { return std::sqrt(vector_dot(v, v)); }

at::Tensor column_sums(const at::Tensor& x) {
  assert(x.dim() == 2);
  const at::Tensor wide = x.to(at::kDouble);
  at::Tensor sums = at::zeros({x.size(1)}, wide.options());
  for (std::int64_t row = 0; row < x.size(0); ++row) sums.add_(wide[row]);
  return sums;
}

at::Tensor column_means(const at::Tensor& x) {
  return column_sums(x).div_(static_cast<double>(x.size(0)));
}

double vector_sum(const at::Tensor& v) {
  assert(v.dim() == 1);
  const at::Tensor dense = v.to(at::kCPU, at::kDouble).contiguous();
  const double* values = dense.data_ptr<double>();
  double all = 0;
  for (std::int64_t i = 0; i < dense.numel(); ++i) all += values[i];
  return all;
}

}  // namespace coxswain::jobs
