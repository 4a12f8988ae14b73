#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/sae/sparse_autoencoder.hpp"

namespace coxswain::jobs {

// How an SAE does on activations, under one convention.
struct SaeFit {
  double explained_variance = 0;  // 1 - sum |x - x_hat|^2 / sum |x - mean|^2
  double l0 = 0;                  // mean number of active features
  double dead_share = 0;          // features active on none of them
  double mean_norm = 0;           // mean |x|
};

// What a fit is made of.
struct SaeFitSums {
  double rows = 0, wrong = 0, spread = 0, on = 0, norms = 0;
};

// Adds up a fit over chunks of the activations, which may end anywhere.
class FitSum {
 public:
  // mean [1, d_in] of all activations.
  FitSum(at::Tensor mean, std::int64_t d_sae);
  // x, rebuilt [n, d_in], codes [n, d_sae].
  void add(const at::Tensor& x, const at::Tensor& codes,
           const at::Tensor& rebuilt);
  SaeFit fit() const;
  SaeFitSums sums() const { return {rows_, wrong_, spread_, on_, norms_}; }
  // [d_sae], of whether a feature is active on any row.
  const at::Tensor& active() const { return active_; }

 private:
  at::Tensor mean_, active_;
  double rows_ = 0, wrong_ = 0, spread_ = 0, on_ = 0, norms_ = 0;
};

// x [n, d_in]; the SAE's matrices are gone through once a chunk of rows.
SaeFit fit_of(const SparseAutoencoder& sae, const at::Tensor& x,
              bool subtract_b_dec);

}  // namespace coxswain::jobs
