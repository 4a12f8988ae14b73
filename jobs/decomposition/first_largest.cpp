#include "jobs/decomposition/first_largest.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace coxswain::jobs {

std::int64_t first_largest(const at::Tensor& scores) {
  constexpr double kTie = 1e-12;
  const at::Tensor dense = scores.contiguous();
  const double* values = dense.data_ptr<double>();
  double largest = -std::numeric_limits<double>::infinity();
  // Comparisons pass over NaN, which the maximum of a tensor would keep.
  for (std::int64_t i = 0; i < dense.numel(); ++i) {
    if (values[i] > largest) largest = values[i];
  }
  const double enough = largest - kTie * std::abs(largest);
  for (std::int64_t i = 0; i < dense.numel(); ++i) {
    if (values[i] >= enough) return i;
  }
  return -1;
}

}  // namespace coxswain::jobs
