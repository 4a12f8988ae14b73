#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/steering/pair_activations.hpp"

namespace coxswain::jobs {

// The features that fire most differently on x+ and x- of a behaviour's pairs,
// by |mean f(x+) - mean f(x-)|, ties to the lower index; never one without a
// difference. SAE's own convention for b_dec.
class CodeDifferences {
 public:
  // Asks for the mean codes and for f(v) of the behaviour's vector [d_in].
  CodeDifferences(EncoderPass& pass, const SparseAutoencoder& sae,
                  const PairActivations& pairs, const at::Tensor& vector);

  // When the pass has run: at most n of them.
  void choose(std::int64_t n);
  const std::vector<std::int64_t>& features() const { return features_; }

  // [features, 5] float64: mean f(x+), mean f(x-), <v, W_enc[:, j]>,
  // <v, unit W_dec[j]>, f(v), of the vector's two rows of projections [d_sae].
  at::Tensor facts(const at::Tensor& on_encoder,
                   const at::Tensor& on_decoder) const;

 private:
  const EncoderPass& pass_;
  EncoderPass::Ticket positive_, negative_, code_;
  std::vector<std::int64_t> features_;
};

}  // namespace coxswain::jobs
