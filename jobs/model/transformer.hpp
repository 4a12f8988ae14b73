#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/model/architecture.hpp"
#include "jobs/model/weights.hpp"
#include "jobs/task.hpp"

namespace coxswain::jobs {

// Cosines and sines of n positions, for blocks that see all and for those with
// a window. Undefined where nothing turns.
struct Rotation {
  struct Table {
    at::Tensor cosine, sine;  // [n, 1, rotary_dims / 2]
  };
  Table full, windowed;

  Rotation first(std::int64_t n) const;  // of the first n positions
};

// Queries, keys and values of one block, rotated. n rows.
struct Projections {
  at::Tensor queries;  // [n, n_heads, d_head], scaled
  at::Tensor keys;     // [n, n_kv_heads, d_head]
  at::Tensor values;   // [n, n_kv_heads, d_head]
};

// What the model says of the next token at n rows.
struct Scores {
  at::Tensor logits;       // [n, n_wanted] of the wanted tokens
  at::Tensor log_sum_exp;  // [n] over the vocabulary
};

// The pieces of one forward pass, for every architecture. What is attended to
// is the caller's business: clean passes and steered cells put the pieces
// together their own way. Const after construction; calls may run at once.
//
// Weights and matrix products are of the weight kind; the residual stream,
// norms, softmax and angles of the stream kind (see weights.hpp).
class Transformer {
 public:
  Transformer(Architecture architecture, Weights weights);

  const Architecture& architecture() const { return architecture_; }
  const Weights& weights() const { return weights_; }
  at::ScalarType stream() const {
    return weights_.final_norm.gain.scalar_type();
  }

  // ids, positions [n] i64 -> resid_pre of block 0 [n, d_model]
  at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions) const;
  Rotation rotation(const at::Tensor& positions) const;
  // residual [n, d_model]
  Projections project(std::int64_t block, const at::Tensor& residual,
                      const Rotation& rotation) const;
  // Queries of some rows over keys of others: see attention.hpp. `mask` is of
  // the stream kind.
  at::Tensor attend(const at::Tensor& queries, const at::Tensor& keys,
                    const at::Tensor& values, const at::Tensor& mask) const;
  // Adds attention output and MLP to `residual` [n, d_model], in place.
  // attended [n, n_heads * d_head]
  void finish_block(std::int64_t block, at::Tensor residual,
                    const at::Tensor& attended) const;
  // What the unembedding reads. [n, d_model] -> [n, d_model]
  at::Tensor final_norm(const at::Tensor& residual) const;
  // [n, d_model] -> logits [n, d_vocab], of the stream kind
  at::Tensor logits(const at::Tensor& residual) const;
  // The wanted tokens' logits with a product in the stream kind: bfloat16
  // would round them by more than most effects. wanted [n, n_wanted] i64
  Scores score(const at::Tensor& residual, const at::Tensor& wanted) const;

 private:
  at::Tensor norm(const at::Tensor& x, const NormWeights& weights) const;
  at::Tensor linear(const at::Tensor& x, const Linear& map) const;
  at::Tensor activate(const at::Tensor& x) const;
  at::Tensor capped(at::Tensor logits) const;
  at::Tensor unembed(const at::Tensor& final) const;  // of final_norm()
  void rotate(at::Tensor heads, const Rotation::Table& table) const;
  at::Tensor mlp(const BlockWeights& w, const at::Tensor& residual) const;

  Architecture architecture_;
  Weights weights_;
  at::Tensor frequencies_, window_frequencies_;  // [rotary_dims / 2]
};

// Reads the weights of `source`. Throws JobError or storage::StorageError.
Transformer load_model(const ModelSource& source);

}  // namespace coxswain::jobs
