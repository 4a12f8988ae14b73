#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "jobs/model/checkpoint/checkpoint.hpp"
#include "jobs/model/linear.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Gain and shift of a norm, in the kind the residual stream has. Undefined
// where the architecture has none.
struct NormWeights {
  at::Tensor gain, shift;
};

// Projections that read the same input are one matrix.
struct BlockWeights {
  NormWeights attention_norm;         // [d_model]
  Linear qkv;                         // out: (n_heads + 2 n_kv_heads) d_head
  NormWeights query_norm, key_norm;   // [d_head]
  Linear attention_output;            // in: n_heads d_head
  NormWeights attention_output_norm;  // [d_model]
  NormWeights mlp_norm;               // [d_model]
  Linear gate_up;                     // out: 2 d_mlp; d_mlp without a gate
  Linear down;                        // in: d_mlp
  NormWeights mlp_output_norm;        // [d_model]
};

// All weights of a model; those of a block are on one device.
struct Weights {
  at::Tensor embedding;  // [d_vocab, d_model]
  at::Tensor positions;  // [n_ctx, d_model]; undefined without learned ones
  NormWeights final_norm;
  at::Tensor unembedding;  // [d_vocab, d_model]; the embedding where tied and
                           // both are on one device
  std::vector<BlockWeights> blocks;
};

// The kind of weights and matrix products, and of the residual stream, norms,
// softmax and angles: float32 for both float32 and bfloat16 models.
at::ScalarType weight_kind(ComputeType compute);
at::ScalarType stream_kind(ComputeType compute);

// Which of `devices` a block is on: each has about as many, in order.
at::Device device_of_block(std::int64_t block, std::int64_t n_layers,
                           const std::vector<at::Device>& devices);

// Reads the weights straight into the fused matrices, and puts each on its
// device as soon as it is whole. Throws JobError or
// storage::StorageError naming file and tensor.
Weights load_weights(const Checkpoint& checkpoint, ComputeType compute,
                     const std::vector<at::Device>& devices);

}  // namespace coxswain::jobs
