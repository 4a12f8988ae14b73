#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/method_groups.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/sae/sae_fit.hpp"
#include "jobs/task/decompose_result.hpp"

namespace coxswain::jobs {

// Pairs of a behaviour that the fit is tried on, at most: both activations of
// each. Wide SAEs are tried on fewer; how many behaviours there are says
// nothing, or another one more would change what is known of these.
std::int64_t fit_pairs(std::int64_t d_sae);

// How an SAE does on activations: decompose_result's arrays of that name.
struct FitMeasured {
  std::array<decompose_result::FitSums, 2> sums;
  at::Tensor mean;    // [d_in] float64
  at::Tensor active;  // [d_sae] of booleans
};

// How a task's SAE does on some of the activations that its vectors were made
// of, with its own convention for b_dec and with the other.
class TaskFit {
 public:
  // Asks the pass for their codes. Without activations there is no fit.
  TaskFit(const DecomposeTask& task, const PairsOf& pairs,
          const SparseAutoencoder& sae, EncoderPass& pass);

  // When the pass has run: the codes of one convention after the other.
  SparseCodes codes() const;
  // Of what they add up to, [codes().rows(), d_out] float64.
  FitMeasured measure(const at::Tensor& sums) const;
  // Throws JobError if neither convention explains more than the task demands:
  // each behaviour's activations by themselves, so that it is the same whatever
  // else is in the sweep. Without activations there is nothing to demand.
  void require(const DecomposeTask& task, const FitMeasured& measured) const;

 private:
  const SparseAutoencoder& sae_;
  const EncoderPass& pass_;
  at::Tensor rows_;
  std::vector<EncoderPass::Ticket> tickets_;
};

}  // namespace coxswain::jobs
