#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/model/architecture.hpp"
#include "jobs/model/weights.hpp"
#include "jobs/task.hpp"

namespace coxswain::jobs {

// Queries, keys and values of one block, rotated. n rows.
struct Projections {
  at::Tensor queries;  // [n, n_heads, d_head], scaled by d_head^-0.5
  at::Tensor keys;     // [n, n_kv_heads, d_head]
  at::Tensor values;   // [n, n_kv_heads, d_head]
};

// The pieces of one forward pass. What is attended to is the caller's
// business: clean passes and steered cells put the pieces together their own
// way. Const after construction; calls may run at once.
class Transformer {
 public:
  Transformer(Architecture architecture, Weights weights);

  const Architecture& architecture() const { return architecture_; }
  const Weights& weights() const { return weights_; }
  at::ScalarType dtype() const { return weights_.embedding.scalar_type(); }

  // ids [n] i64 -> [n, d_model]
  at::Tensor embed(const at::Tensor& ids) const;
  // residual [n, d_model], positions [n] i64
  Projections project(std::int64_t block, const at::Tensor& residual,
                      const at::Tensor& positions) const;
  // Adds attention output and MLP to `residual` [n, d_model], in place.
  // attended [n, n_heads * d_head]
  void finish_block(std::int64_t block, at::Tensor residual,
                    const at::Tensor& attended) const;
  // [n, d_model] -> logits [n, d_vocab]
  at::Tensor logits(const at::Tensor& residual) const;

 private:
  at::Tensor norm(const at::Tensor& x, const at::Tensor& weight) const;
  at::Tensor rotate(const at::Tensor& heads, const at::Tensor& positions) const;

  Architecture architecture_;
  Weights weights_;
  at::Tensor cos_, sin_;  // [n_ctx, d_head / 2]
};

// Reads the weights of `source`. Throws JobError or storage::StorageError.
Transformer load_model(const ModelSource& source);

}  // namespace coxswain::jobs
