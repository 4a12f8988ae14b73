#include "jobs/sae/sparse_autoencoder.hpp"

#include <ATen/ATen.h>

namespace coxswain::jobs {

const char* name_of(SaeActivation activation) {
  return activation == SaeActivation::relu ? "standard" : "jumprelu";
}

at::Tensor SparseAutoencoder::encode(const at::Tensor& x,
                                     bool subtract_b_dec) const {
  const at::Tensor input = subtract_b_dec ? x - b_dec : x;
  const at::Tensor z = at::addmm(b_enc, input, W_enc);
  const at::Tensor codes = at::relu(z);
  if (header.activation == SaeActivation::relu) return codes;
  return codes.mul(z.gt(threshold));
}

at::Tensor SparseAutoencoder::decode(const at::Tensor& codes,
                                     bool add_b_dec) const {
  return add_b_dec ? at::addmm(b_dec, codes, W_dec) : at::mm(codes, W_dec);
}

}  // namespace coxswain::jobs
