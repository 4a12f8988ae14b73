#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/sae/sae_parameters.hpp"

namespace coxswain::jobs {

// Codes f [n, d_sae] of the product p = x'' W_enc [n, d_sae] (x'' the
// normalised input, b_dec subtracted or not), z = p + b_enc:
//   standard   max(z, 0)
//   jump_relu  max(z, 0) where z > threshold, strictly
//   top_k      the k largest z (z_j |W_dec[j]| if rescaled), then max(., 0)
//   abs_top_k  the k largest |z|, signs kept (z as for top_k)
//   group_max  the largest max(z, 0) of each of k consecutive groups
//   gated      [p + b_gate > 0] max(p exp(r_mag) + b_mag, 0)
// Among equal values the lowest feature wins. matching_pursuit has no product.
at::Tensor activate(const SaeParameters& sae, const at::Tensor& product,
                    Biases biases);

// SAELens' matching pursuit encoder: r = x; each step adds c = max(<r, d_j>, 0)
// to the feature j with the largest and takes c d_j from r. A row stops after
// max_iterations, when a step adds no feature (if stop_on_duplicate_support),
// or when |r| < residual_threshold (if that is > 0).
at::Tensor pursue(const SaeParameters& sae, const at::Tensor& input);

}  // namespace coxswain::jobs
