#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/method_groups.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/sae/sae_fit.hpp"
#include "jobs/task/decompose_result.hpp"

namespace coxswain::jobs {

// Pairs of each behaviour that the fit is tried on, at most: both activations
// of each. Wide SAEs are tried on fewer.
std::int64_t fit_pairs(std::int64_t d_sae, std::int64_t n_behaviours);

// How a task's SAE does on some of the activations that its vectors were made
// of, with its own convention for b_dec and with the other.
class TaskFit {
 public:
  // Asks the pass for their codes. Without activations there is no fit.
  TaskFit(const DecomposeTask& task, const PairsOf& pairs,
          const SparseAutoencoder& sae, EncoderPass& pass);

  // When the pass has run: the codes of one convention after the other.
  SparseCodes codes() const;
  // Of what they add up to, [codes().rows(), d_out] float64; NaN without
  // activations.
  decompose_result::Fit measure(const at::Tensor& sums) const;
  // Throws JobError if neither explains more than the task demands.
  void require(const SaeSource& source,
               const decompose_result::Fit& measured) const;

 private:
  const SparseAutoencoder& sae_;
  const EncoderPass& pass_;
  at::Tensor rows_;
  std::vector<EncoderPass::Ticket> tickets_;
};

}  // namespace coxswain::jobs
