#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/model/config/architecture.hpp"

namespace coxswain::jobs {

// A linear map: weight [out, in], bias [out] or undefined, both of the weight
// kind. On a processor its products are kernels' of our own (jobs/kernels),
// which hold the weight in their layout: a row's bits do not depend on the rows
// beside it nor on threads, and sums are used before they are rounded. On other
// devices they are the library's.
//
// Const after construction; calls may run at once.
class Linear {
 public:
  Linear() = default;
  // Takes the weight's memory for the kernels' layout if nobody else holds it.
  Linear(at::Tensor weight, at::Tensor bias);

  // [out, in]; a copy where kernels hold the weight in their layout.
  at::Tensor weight() const;
  const at::Tensor& bias() const { return bias_; }

  // x [n, in] of the weight kind -> [n, out] of the stream kind, or, on other
  // devices, of the weight kind
  at::Tensor product(const at::Tensor& x) const;
  // residual [n, out], of the stream kind, += product, in place
  void add_product(const at::Tensor& x, at::Tensor residual) const;
  // activation(product[:, :d]) * product[:, d:] -> [n, d = out / 2] of the
  // weight kind
  at::Tensor gated_product(const at::Tensor& x, Activation activation) const;

 private:
  bool packed() const { return panels_.defined(); }
  void pack();

  at::Tensor weight_;  // undefined when packed
  at::Tensor panels_;  // as PackedMatrix has them; undefined if not packed
  at::Tensor bias_;    // of the stream kind when packed
  std::int64_t d_in_ = 0, d_out_ = 0;
};

// x [n, in] of the weight kind times the transpose of weight [out, in], which
// lies as it was read (an embedding that is the unembedding, too) -> [n, out]
// of the stream kind. Bits as Linear has them.
at::Tensor linear_product(const at::Tensor& x, const at::Tensor& weight);
// Each row x [n, in] times its own weights [n, m, in], all of the stream kind
// -> [n, m]. Bits as linear_product has them.
at::Tensor own_products(const at::Tensor& x, const at::Tensor& weights);

}  // namespace coxswain::jobs
