#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace coxswain::jobs {

// Linear weights are [out, in]; projections that read the same input are one
// matrix.
struct BlockWeights {
  at::Tensor attention_norm;    // [d_model]
  at::Tensor qkv;               // [(n_heads + 2 n_kv_heads) d_head, d_model]
  at::Tensor attention_output;  // [d_model, n_heads d_head]
  at::Tensor mlp_norm;          // [d_model]
  at::Tensor gate_up;           // [2 d_mlp, d_model]
  at::Tensor down;              // [d_model, d_mlp]
};

struct Weights {
  at::Tensor embedding;    // [d_vocab, d_model]
  at::Tensor final_norm;   // [d_model]
  at::Tensor unembedding;  // [d_vocab, d_model]; the embedding where tied
  std::vector<BlockWeights> blocks;
};

}  // namespace coxswain::jobs
