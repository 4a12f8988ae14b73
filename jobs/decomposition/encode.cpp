// The SAE's own encoder applied to the vector, as if it were an activation.

#include <ATen/ATen.h>

#include "jobs/decomposition/method.hpp"

namespace coxswain::jobs {
namespace {

at::Tensor codes(const SparseAutoencoder& sae, const at::Tensor& vectors,
                 bool b_dec_input) {
  return sae.encode(vectors, b_dec_input);
}

}  // namespace

const DecompositionMethod kEncode{"encode", "f(scale * v), the SAE's encoder",
                                  codes};

}  // namespace coxswain::jobs
