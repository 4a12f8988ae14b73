#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/exchanged_signs.hpp"
#include "jobs/steering/balanced_signs.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// The signs that a behaviour's code differences would have if its labels meant
// nothing: x+ and x- are exchanged at random for whole clusters, and the choice
// of features and their signs are made anew each time. Codes are those of
// CodeDifferences, under the SAE's own convention for b_dec.
class SignNull {
 public:
  // Keeps the pairs' codes of the pass and asks for the clusters' projections,
  // and for the vector's own [d_in].
  SignNull(EncoderPass& pass, const SparseAutoencoder& sae,
           const PairActivations& pairs, const at::Tensor& vector,
           const ShuffleRequest& request);

  // When the pass has run.
  FiringFeatures features() const;
  // How many exchanges have how many features of each sign pair,
  // [4, most + 1]: of n random exchanges, or of all if there are no more.
  std::vector<std::int64_t> counts(std::int64_t n, std::int64_t most) const;

 private:
  const EncoderPass& pass_;
  CountedClusters clusters_;
  storage::Key key_;
  EncoderPass::Ticket positive_, negative_, vector_, of_clusters_;
};

// One task. Throws JobError for codes that are no numbers.
TaskOutput count_signs(const SignNullTask& task,
                       const std::vector<storage::ArrayMap>& inputs,
                       const SparseAutoencoder& sae);

}  // namespace coxswain::jobs
