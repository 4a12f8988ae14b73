#include "jobs/decomposition/rotation.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>
#include <vector>

#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/device/philox.hpp"

namespace coxswain::jobs {

Rotation::Rotation(const storage::Key& key, std::int64_t d) : key_(key), d_(d) {
  assert(d >= 1);
}

// The i-th factor, of coordinates i to d - 1: -sign(z_0) times the reflection
// that takes z, standard normal, to -sign(z_0) |z| e_0. It is its own inverse.
void Rotation::reflect(std::int64_t i, const at::Tensor& x) const {
  const std::int64_t m = d_ - i;
  storage::Key key = key_;
  key.low += static_cast<std::uint64_t>(i);
  std::vector<double> u = normals(key, m);
  const double norm = std::sqrt(ordered_dot(u.data(), u.data(), m));
  const double sign = std::signbit(u[0]) ? -1 : 1;
  u[0] += sign * norm;
  const double square = ordered_dot(u.data(), u.data(), m);
  for (std::int64_t row = 0; row < x.size(0); ++row) {
    double* at = x.data_ptr<double>() + row * d_ + i;
    if (square > 0) {
      add_scaled(-2 * ordered_dot(u.data(), at, m) / square, u.data(), m, at);
    }
    for (std::int64_t j = 0; j < m; ++j) at[j] *= -sign;
  }
}

at::Tensor Rotation::turn(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == d_ && x.scalar_type() == at::kDouble);
  at::Tensor turned = x.clone(at::MemoryFormat::Contiguous);
  for (std::int64_t i = 0; i < d_; ++i) reflect(i, turned);
  return turned;
}

at::Tensor Rotation::turn_back(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == d_ && x.scalar_type() == at::kDouble);
  at::Tensor turned = x.clone(at::MemoryFormat::Contiguous);
  for (std::int64_t i = d_ - 1; i >= 0; --i) reflect(i, turned);
  return turned;
}

}  // namespace coxswain::jobs
