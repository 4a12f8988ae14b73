#pragma once

#include "jobs/decomposition/dictionary.hpp"

namespace coxswain::jobs {

// The unit rows of a matrix that lies in memory. The matrix is shared, never
// copied whole: each pass converts and uses a few MiB of it at a time, so it
// costs about what reading the matrix once costs. Row lengths are taken in
// float64. May be read by several threads at once.
class ResidentDictionary final : public Dictionary {
 public:
  // W_dec [d_sae, d_in], finite, of any floating kind. One pass over it.
  explicit ResidentDictionary(at::Tensor W_dec);

  std::int64_t d_in() const override;
  std::int64_t d_sae() const override;
  at::Tensor correlate(const at::Tensor& x) const override;
  at::Tensor combine(const at::Tensor& w) const override;
  at::Tensor atoms(const std::vector<std::int64_t>& features) const override;
  at::Tensor gram() const override;

 private:
  // Calls use(first row, rows [r, d_in] as stored but float64) for all rows.
  template <typename Use>
  void for_each_block(const Use& use) const;

  at::Tensor W_dec_;
  at::Tensor inverse_norms_;  // [d_sae] float64, 0 for a row of zeros
};

}  // namespace coxswain::jobs
