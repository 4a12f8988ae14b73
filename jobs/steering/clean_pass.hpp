#pragma once

#include <ATen/core/Tensor.h>

#include <cassert>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// How many tokens all prompts begin with; each keeps one of its own. 0 for one
// prompt alone.
std::int64_t common_beginning(
    const std::vector<std::span<const std::int32_t>>& prompts);

// Where the items end that share a clean pass with item `first`: a function of
// the items alone.
std::size_t end_of_pass(const std::vector<ContrastTokens>& items,
                        std::size_t first);

// Prompts laid end to end without padding. What all of them begin with (a
// template's system text) lies there once: none of it can see where they
// differ. With siblings, both answer tokens of each pair follow its shared
// tokens: same position, blind to each other, so that one pass reads x+ and x-.
struct PackedPrompts {
  // Whether the two answer tokens of each pair follow its shared tokens.
  enum class Siblings { none, both };
  PackedPrompts(const std::vector<ContrastTokens>& items, Siblings siblings);
  // Packs both strings of each pair to their ends: x+'s rest follows the shared
  // tokens, then x-'s, at the same positions and blind to each other.
  explicit PackedPrompts(const std::vector<PairStrings>& pairs);

  // Where a prompt's token lies: counted through its shared tokens, then x+'s
  // rest, then x-'s.
  std::int64_t row(std::size_t prompt, std::int64_t token) const {
    assert(prompt < starts.size() && 0 <= token && token < tokens(prompt));
    return token < beginning ? token : starts[prompt] + token - beginning;
  }
  // Rows of the tokens of every prompt from from[prompt] on, prompt after
  // prompt.
  at::Tensor rows_from(const std::vector<std::int64_t>& from) const;
  std::int64_t tokens(std::size_t prompt) const {
    assert(prompt < shared.size());
    return shared[prompt] + 2 * tail[prompt];
  }

  at::Tensor ids;              // [n] i64
  at::Tensor positions;        // [n] i64
  std::int64_t beginning = 0;  // tokens at its start that all prompts have
  std::vector<std::int64_t> starts;  // row of each prompt's next token
  std::vector<std::int64_t> shared;  // its number of shared tokens
  std::vector<std::int64_t> tail;    // rows of either string behind them

 private:
  struct Strings;
  void pack(const std::vector<Strings>& all);
};

// What one block left behind.
struct BlockState {
  std::int64_t block = 0;
  const Projections& projections;  // of all rows
  // resid_post, which the next block reuses: of all rows, in the last block of
  // the wanted ones
  const at::Tensor& residual;
  const at::Tensor& index;  // of the wanted ones in it; undefined: all
  // All lie on the block's device, as what is wanted does.

  at::Tensor wanted() const;  // [n_wanted, d_model], a copy
};

// Runs blocks 0..last over all prompts at once; `observe` is called after each.
// `wanted` [n_wanted] i64 are the rows that somebody reads: in the last block
// the others are left out. -> resid_post of it [n_wanted, d_model]
at::Tensor clean_pass(const Transformer& model, const PackedPrompts& prompts,
                      std::int64_t last_block, const at::Tensor& wanted,
                      const std::function<void(const BlockState&)>& observe);

// clean_pass() of one prompt without answers, where all rows are wanted.
at::Tensor clean_pass(const Transformer& model, const ContrastTokens& prompt,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe);

}  // namespace coxswain::jobs
