#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// What vectors are taken apart into: the unit decoder rows U [d_sae, d_in] of
// an SAE, wherever they lie (memory, or a file that is read anew). A decoder
// row that is all zero stays zero: it is never of use. Everything float64.
class Dictionary {
 public:
  virtual ~Dictionary() = default;
  virtual std::int64_t d_in() const = 0;
  virtual std::int64_t d_sae() const = 0;
  // x [n, d_in] -> x U^T [n, d_sae]. One pass over U.
  virtual at::Tensor correlate(const at::Tensor& x) const = 0;
  // w [n, d_sae] -> w U [n, d_in]. One pass over U.
  virtual at::Tensor combine(const at::Tensor& w) const = 0;
  // Rows [features.size(), d_in] of U.
  virtual at::Tensor atoms(const std::vector<std::int64_t>& features) const = 0;
  // U^T U [d_in, d_in]. One pass over U.
  virtual at::Tensor gram() const = 0;
};

}  // namespace coxswain::jobs
