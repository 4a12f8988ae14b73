#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/sae/sae_header.hpp"

namespace coxswain::jobs {

// Row vectors throughout: x [n, d_in], codes [n, d_sae]. float32.
struct SparseAutoencoder {
  SaeHeader header;
  at::Tensor W_enc;      // [d_in, d_sae]
  at::Tensor b_enc;      // [d_sae]
  at::Tensor W_dec;      // [d_sae, d_in]
  at::Tensor b_dec;      // [d_in]
  at::Tensor threshold;  // [d_sae], jump_relu only

  // f(x) of z = (x - b_dec, or x) W_enc + b_enc: max(z, 0), and for jump_relu
  // only where z > threshold (strictly).
  at::Tensor encode(const at::Tensor& x, bool subtract_b_dec) const;
  // codes W_dec, plus b_dec if asked for.
  at::Tensor decode(const at::Tensor& codes, bool add_b_dec) const;
};

// Throws JobError or storage::StorageError.
SparseAutoencoder load_sae(const std::string& path);

}  // namespace coxswain::jobs
