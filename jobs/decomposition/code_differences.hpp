#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/decompose_result.hpp"

namespace coxswain::jobs {

// What a behaviour's pairs and its vector have of an SAE's features, under the
// SAE's own convention for b_dec: those that fire most differently on x+ and
// x-, by |mean f(x+) - mean f(x-)|, never one without a difference; and those
// that the vector's code turns on, strongest first. Ties to the lower index.
class CodeDifferences {
 public:
  // Asks for the mean codes, for f(0) and for f(v) of the behaviour's vector
  // [d_in].
  CodeDifferences(EncoderPass& pass, const SparseAutoencoder& sae,
                  const PairActivations& pairs, const at::Tensor& vector);

  // When the pass has run: at most n of each.
  void choose(std::int64_t n);
  const std::vector<std::int64_t>& features() const { return features_; }
  const std::vector<std::int64_t>& active() const { return active_; }

  // Of features(), and of active(), with the vector's two rows of projections
  // [d_sae]: <v, W_enc[:, j]> and <v, W_dec[j] / |W_dec[j]|>.
  std::vector<decompose_result::Difference> facts(
      const at::Tensor& on_encoder, const at::Tensor& on_decoder) const;
  std::vector<decompose_result::Active> active_facts(
      const at::Tensor& on_encoder, const at::Tensor& on_decoder) const;

 private:
  const EncoderPass& pass_;
  EncoderPass::Ticket positive_, negative_, code_;
  std::vector<std::int64_t> features_, active_;
};

}  // namespace coxswain::jobs
