#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/model/config/architecture.hpp"

namespace coxswain::jobs {

// A linear map: weight [out, in], bias [out] or undefined, both of the weight
// kind. Its products are the library's, or, for bfloat16 on processors with
// instructions for it, kernels' of our own (jobs/kernels), which then hold the
// weight in their layout; those sum in float and round once, at the end.
//
// Const after construction; calls may run at once.
class Linear {
 public:
  Linear() = default;
  Linear(at::Tensor weight, at::Tensor bias);

  // [out, in]; undefined where kernels hold the weight in their layout.
  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }

  // x [n, in] of the weight kind -> [n, out] of the weight kind, or of float
  // where sums of float are to be had
  at::Tensor product(const at::Tensor& x) const;
  // residual [n, out], of the stream kind, += product, in place
  void add_product(const at::Tensor& x, at::Tensor residual) const;
  // activation(product[:, :d]) * product[:, d:] -> [n, d = out / 2] of the
  // weight kind
  at::Tensor gated_product(const at::Tensor& x, Activation activation) const;

 private:
  bool packed() const { return panels_.defined(); }

  at::Tensor weight_;  // undefined when packed
  at::Tensor panels_;  // as PackedMatrix has them; undefined if not packed
  at::Tensor bias_;    // of float when packed
  std::int64_t d_in_ = 0, d_out_ = 0;
};

}  // namespace coxswain::jobs
