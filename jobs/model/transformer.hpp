#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/model/attention.hpp"
#include "jobs/model/config/architecture.hpp"
#include "jobs/model/row_operations.hpp"
#include "jobs/model/weights.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Rows that go through a block's products together on a processor, so that what
// stands between the products is still in the cache: a constant of the version.
// On a GPU all rows of a pass go through together.
constexpr std::int64_t kRowsPerProduct = 1024;

// The rotations of one pass: for blocks that see all earlier tokens, and for
// those with a window, which may have other frequencies.
struct Rotation {
  RotationTable full, windowed;

  Rotation first(std::int64_t n) const;  // of the first n positions
};

// What the model says of the next token at n rows.
struct Scores {
  at::Tensor logits;       // [n, n_wanted] of the wanted tokens
  at::Tensor log_sum_exp;  // [n] over the vocabulary; undefined if left out
};
// Whether all logits are computed, to be summed up: a product with the whole
// unembedding, which on small models costs as much as a third of all the rest.
enum class Vocabulary { left_out, summed };

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

  // Where a block's weights lie and it computes; embeddings beside the first
  // block's, the unembedding beside the last one's. Residual streams, rotations
  // and layouts are to be on the device of the block that they are given to.
  at::Device device(std::int64_t block) const {
    return weights_.blocks[static_cast<std::size_t>(block)]
        .attention_norm.gain.device();
  }
  at::Device first_device() const { return device(0); }
  at::Device last_device() const { return device(architecture_.n_layers - 1); }

  // ids, positions [n] i64, on the processor -> resid_pre of block 0
  // [n, d_model]
  at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions) const;
  // positions [n] i64, on the processor
  Rotation rotation(const at::Tensor& positions, at::Device device) const;
  // The layout for passes of `rows` own rows through blocks of one device.
  AttentionLayout layout(std::vector<AttentionGroup> groups, std::int64_t rows,
                         at::Device device) const;
  // residual [n, d_model]
  Projections project(std::int64_t block, const at::Tensor& residual,
                      const Rotation& rotation) const;
  // -> [n, n_heads * d_head]
  at::Tensor attend(std::int64_t block, const Projections& own,
                    const KeyRows& seen, const AttentionLayout& layout) const;
  // Adds attention output and MLP to `residual` [n, d_model], in place.
  // attended [n, n_heads * d_head]
  void finish_block(std::int64_t block, at::Tensor residual,
                    const at::Tensor& attended) const;
  // What the unembedding reads. [n, d_model] -> [n, d_model]
  at::Tensor final_norm(const at::Tensor& residual) const;
  // [n, d_model] -> logits [n, d_vocab], of the stream kind
  at::Tensor logits(const at::Tensor& residual) const;
  // The wanted tokens' logits with a product in the stream kind: bfloat16
  // would round them by more than most effects. wanted [n, n_wanted] i64, on
  // the processor
  Scores score(const at::Tensor& residual, const at::Tensor& wanted,
               Vocabulary vocabulary) const;

 private:
  // -> of kind `out`
  at::Tensor norm(const at::Tensor& x, const NormWeights& weights,
                  at::ScalarType out) const;
  // residual += x times the map, normed where the architecture norms outputs
  void add_product(at::Tensor residual, const at::Tensor& x, const Linear& map,
                   const NormWeights& output_norm) const;
  void finish_rows(const BlockWeights& w, const at::Tensor& residual,
                   const at::Tensor& attended) const;
  at::Tensor mlp_input(const BlockWeights& w, const at::Tensor& residual) const;
  at::Tensor capped(at::Tensor logits) const;
  at::Tensor unembed(const at::Tensor& final) const;  // of final_norm()
  at::ScalarType weight_kind() const {
    return weights_.embedding.scalar_type();
  }

  Architecture architecture_;
  Weights weights_;
  at::Tensor frequencies_, window_frequencies_;  // [rotary_dims / 2], here
};

// Reads the weights of `source`, onto devices: each has about as many blocks,
// in order. Throws JobError or storage::StorageError.
Transformer load_model(const ModelSource& source,
                       const std::vector<at::Device>& devices = {at::kCPU});

}  // namespace coxswain::jobs
