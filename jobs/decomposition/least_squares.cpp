#include "jobs/decomposition/least_squares.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "jobs/decomposition/vector_scale.hpp"
#include "jobs/device/blas.hpp"

namespace coxswain::jobs {
namespace {

// The shortest w of least |v - w A|, by singular values (LAPACK's gelsd). Not
// by gelsy, which would be cheaper: libtorch 1.13 hands it pivots that were
// never set, so that its answer depends on what was in memory.
at::Tensor shortest_solution(const at::Tensor& A, const at::Tensor& v) {
  const double cut = static_cast<double>(std::max(A.size(0), A.size(1))) *
                     std::numeric_limits<double>::epsilon();
  const OneBlasThread one;
  return std::get<0>(at::linalg_lstsq(A.t(), v.unsqueeze(1), cut, "gelsd"))
      .squeeze(1);
}

}  // namespace

at::Tensor least_squares(
    const Dictionary& dictionary, const at::Tensor& vectors,
    const std::vector<std::vector<std::int64_t>>& support) {
  assert(vectors.dim() == 2 && vectors.size(1) == dictionary.d_in());
  assert(std::ssize(support) == vectors.size(0));
  const at::Tensor scale = vector_scale(vectors);
  at::Tensor codes =
      at::zeros({vectors.size(0), dictionary.d_sae()}, at::kDouble);
  for (std::int64_t i = 0; i < vectors.size(0); ++i) {
    const auto& features = support.at(static_cast<std::size_t>(i));
    if (features.empty()) continue;
    const at::Tensor A = dictionary.atoms(features);
    const at::Tensor w = shortest_solution(A, vectors[i] / scale[i]);
    codes[i].index_copy_(0, at::tensor(features, at::kLong),
                         // A row of zeros takes any coefficient: it gets none.
                         w.masked_fill(A.eq(0).all(1), 0.0));
  }
  return codes.mul_(scale);
}

}  // namespace coxswain::jobs
