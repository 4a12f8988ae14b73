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
  // Both strings of each pair to their ends: x+'s rest follows the shared
  // tokens, then x-'s, at the same positions and blind to each other.
  explicit PackedPrompts(const std::vector<PairStrings>& pairs);

  std::int64_t rows(std::size_t prompt) const {
    return shared[prompt] + 2 * tail[prompt];
  }

  at::Tensor ids;                    // [n] i64
  at::Tensor positions;              // [n] i64
  std::vector<std::int64_t> starts;  // row of each prompt's first token
  std::vector<std::int64_t> shared;  // its number of shared tokens
  std::vector<std::int64_t> tail;    // rows of either string behind them

 private:
  void add(const std::vector<std::int32_t>& before,
           const std::vector<std::int32_t>& match,
           const std::vector<std::int32_t>& other);
  void finish();

  std::vector<std::int64_t> all_ids_, all_positions_;
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
