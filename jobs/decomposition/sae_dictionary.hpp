#pragma once

#include <utility>

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/sae/sae_matrix.hpp"

namespace coxswain::jobs {

// The unit rows of an SAE's decoder, in memory or in its file. The matrix is
// shared, never copied whole: each pass widens and uses a few MiB at a time.
// The rows' lengths are taken when they are first asked for: not to be shared
// between threads before.
class SaeDictionary final : public Dictionary {
 public:
  explicit SaeDictionary(SaeMatrix W_dec) : W_dec_(std::move(W_dec)) {}

  std::int64_t d_in() const override { return W_dec_.columns(); }
  std::int64_t d_sae() const override { return W_dec_.rows(); }
  at::Tensor correlate(const at::Tensor& x) const override;
  at::Tensor combine(const at::Tensor& w) const override;
  at::Tensor atoms(const std::vector<std::int64_t>& features) const override;
  at::Tensor gram() const override;

  // 1 / |W_dec[j]|, 0 for a row of zeros: [d_sae] float64.
  const at::Tensor& inverse_norms() const;

 private:
  // Calls use(first row, first column, values float64) for the whole matrix.
  template <class Use>
  void for_each_part(const Use& use) const;

  SaeMatrix W_dec_;
  mutable at::Tensor inverse_norms_;
};

}  // namespace coxswain::jobs
