#include "jobs/decomposition/ridge.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <limits>

#include "jobs/decomposition/vector_scale.hpp"
#include "jobs/device/blas.hpp"
#include "jobs/device/row_product.hpp"

namespace coxswain::jobs {

at::Tensor ridge(const Dictionary& dictionary, const at::Tensor& vectors,
                 double rho) {
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(rho >= 0);
  const at::Tensor scale = vector_scale(vectors);
  // By U^T U [d_in, d_in], not U U^T [d_sae, d_sae]: SAEs have many more atoms
  // than dimensions.
  const auto [squares, directions] = [&] {
    const at::Tensor gram = dictionary.gram();
    const OneBlasThread one;
    return at::linalg_eigh(gram);
  }();
  const at::Tensor cut =
      squares.amax() * (static_cast<double>(dictionary.d_in()) *
                        std::numeric_limits<double>::epsilon());
  const at::Tensor shrinkage =
      (squares + rho).reciprocal().masked_fill(squares.le(cut), 0.0);
  const at::Tensor y = row_product(
      row_product(vectors / scale, directions) * shrinkage, directions.t());
  return dictionary.correlate(y).mul_(scale);
}

}  // namespace coxswain::jobs
