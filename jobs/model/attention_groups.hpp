#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace coxswain::jobs {

// Keys and values of some rows: [n, n_kv_heads, d_head] each, of the stream
// kind.
struct KeyRows {
  at::Tensor keys, values;
};

// Rows [first, first + n) of a tensor.
struct RowRange {
  std::int64_t first = 0, n = 0;
};

// Cells that see the same earlier tokens, at positions 0, 1 ... in the order
// of `seen`; behind these stand each cell's own `rows` tokens, of which each
// sees itself, those before it in its cell, and nothing of other cells. So
// this is a prompt (one cell that has seen nothing), what follows a shared
// beginning, the two answers of a pair (two cells of one row), or steerings of
// one item.
struct AttentionGroup {
  std::vector<RowRange> seen;       // of the KeyRows that are seen
  std::vector<std::int64_t> cells;  // the first row of each
  std::int64_t rows = 0;            // of each cell
  std::int64_t read_from = 0;       // rows of a cell before it are not computed
};

// What one block does to scores, beside the softmax.
struct AttentionRule {
  std::int64_t window = 0;  // a token sees itself and window - 1 before it; 0:
                            // all before it
  double softcap = 0;       // c tanh(score / c); 0: none
};

}  // namespace coxswain::jobs
