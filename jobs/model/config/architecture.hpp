#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::jobs {

// How rows are normed: by their root mean square, or (layer) centred before.
enum class NormKind { rms, layer };
// The MLP's nonlinearity: x sigmoid(x), or GELU by tanh or by the error
// function.
enum class Activation { silu, gelu_tanh, gelu_erf };

// Rotary frequencies theta^(-2j/rotary_dims), each divided by its divisor.
struct Rope {
  double theta = 10000;
  std::vector<double> divisors;  // [rotary_dims / 2]; empty: all 1

  bool operator==(const Rope&) const = default;
};

// What one forward pass is made of: a family fills this in from a model's
// header, the transformer follows it. Defaults are the plain decoder's: one
// norm before attention and one before the MLP, no biases.
struct Architecture {
  std::string family;
  std::int64_t n_layers = 0;
  std::int64_t d_model = 0;
  std::int64_t n_heads = 0;     // query heads
  std::int64_t n_kv_heads = 0;  // key and value heads, divides n_heads
  std::int64_t d_head = 0;
  std::int64_t d_mlp = 0;
  std::int64_t d_vocab = 0;
  std::int64_t n_ctx = 0;  // longest prompt, tokens

  NormKind norm = NormKind::rms;
  double norm_epsilon = 0;
  bool output_norms = false;       // attention's and the MLP's output is normed
                                   // before it is added (Gemma 2)
  bool query_key_norm = false;     // per head, before rotation
  bool parallel_residual = false;  // attention and MLP read the same stream

  bool qkv_bias = false;
  bool attention_output_bias = false;
  bool mlp_bias = false;
  bool gated_mlp = true;
  Activation activation = Activation::silu;

  bool learned_positions = false;
  std::int64_t rotary_dims = 0;  // leading coordinates of a head that turn
  Rope rope;
  Rope window_rope;                   // of blocks with a window
  std::vector<std::int64_t> windows;  // by block: a token sees itself and the
                                      // window - 1 before it; 0: all before it
  double attention_scale = 0;         // of query times key
  double attention_softcap = 0;       // c tanh(score / c); 0: none
  double final_softcap = 0;           // of the logits
  double embedding_scale = 1;
  bool tied_unembedding = false;
};

}  // namespace coxswain::jobs
