#include "jobs/decomposition/vector_scale.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>

namespace coxswain::jobs {

at::Tensor vector_scale(const at::Tensor& vectors) {
  assert(vectors.dim() == 2 && vectors.scalar_type() == at::kDouble);
  at::Tensor scale = vectors.abs().amax(1, /*keepdim=*/true).contiguous();
  double* values = scale.data_ptr<double>();
  for (std::int64_t i = 0; i < scale.numel(); ++i) {
    values[i] = values[i] == 0 ? 1.0 : std::ldexp(1.0, std::ilogb(values[i]));
  }
  return scale;
}

}  // namespace coxswain::jobs
