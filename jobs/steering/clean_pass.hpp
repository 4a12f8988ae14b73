#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/task.hpp"

namespace coxswain::jobs {

// Prompts laid end to end without padding. With siblings, both answer tokens
// of each pair follow its shared tokens: same position, blind to each other,
// so that one pass reads x+ and x-.
struct PackedPrompts {
  enum class Siblings { none, both };
  PackedPrompts(const std::vector<ContrastTokens>& items, Siblings siblings);

  at::Tensor ids;                    // [n] i64
  at::Tensor positions;              // [n] i64
  std::vector<std::int64_t> starts;  // row of each prompt's first token
  std::vector<std::int64_t> shared;  // its number of shared tokens
  std::int64_t n_siblings = 0;       // 0 or 2 rows behind the shared ones
};

// What one block left behind: resid_post [n, d_model] (reused by the next
// block: copy what you keep) and the block's keys and values.
struct BlockState {
  std::int64_t block = 0;
  const at::Tensor& residual;
  const Projections& projections;
};

// Runs blocks 0..last over all prompts at once; `observe` is called after each.
// Returns resid_post of the last block [n, d_model].
at::Tensor clean_pass(const Transformer& model, const PackedPrompts& prompts,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe);

}  // namespace coxswain::jobs
