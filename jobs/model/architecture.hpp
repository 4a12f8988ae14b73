#pragma once

#include <cstdint>
#include <string>

namespace coxswain::jobs {

// What one forward pass is made of: a family fills this in from a model's
// header, the transformer follows it.
struct Architecture {
  std::string family;
  std::int64_t n_layers = 0;
  std::int64_t d_model = 0;
  std::int64_t n_heads = 0;     // query heads
  std::int64_t n_kv_heads = 0;  // key and value heads, divides n_heads
  std::int64_t d_head = 0;
  std::int64_t d_mlp = 0;
  std::int64_t d_vocab = 0;
  std::int64_t n_ctx = 0;   // longest prompt, tokens
  double norm_epsilon = 0;  // of the root mean square norms
  double rope_theta = 0;    // base of the rotary frequencies
  bool tied_unembedding = false;
};

}  // namespace coxswain::jobs
