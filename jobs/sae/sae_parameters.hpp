#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "jobs/sae/sae_matrix.hpp"
#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// What encode() takes of the SAE. `none` leaves out every bias of encoder and
// decoder, keeping thresholds, k and r_mag: the map is then almost linear.
enum class Biases : std::uint8_t { all, none };

// What an SAE of any published format computes with. Row vectors throughout: x
// [n, d_in], codes [n, d_sae]. Everything is float32 (float64 where tests load
// it so).
struct SaeParameters {
  SaeHeader header;
  SaeMatrix W_enc;       // [d_in, d_sae]; of matching_pursuit there is none
  at::Tensor b_enc;      // [d_sae]; gated has none
  SaeMatrix W_dec;       // [d_sae, d_out]
  at::Tensor b_dec;      // [d_out]
  at::Tensor threshold;  // [d_sae], jump_relu
  at::Tensor b_gate, b_mag, r_mag;  // [d_sae], gated
  at::Tensor W_skip;                // [d_out, d_in], some transcoders
  at::Tensor decoder_norms;         // [d_sae] |W_dec[j]|, where `rescaled`
};

}  // namespace coxswain::jobs
