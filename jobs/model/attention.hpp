#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/model/row_operations.hpp"

namespace coxswain::jobs {

// Rows of keys and values that lie together: [n, n_kv_heads, d_head].
struct KeyRange {
  at::Tensor keys, values;
};

// Cells that see the same earlier tokens, at positions 0, 1 ... in the order
// of `seen`; behind these stand each cell's own `rows` tokens, of which each
// sees itself, those before it in its cell, and nothing of other cells. So
// this is a prompt (one cell that has seen nothing), what follows a shared
// beginning, the two answers of a pair (two cells of one row), or steerings of
// one item.
struct AttentionGroup {
  std::vector<KeyRange> seen;
  std::vector<std::int64_t> cells;  // the first row of each
  std::int64_t rows = 0;            // of each cell
  std::int64_t read_from = 0;       // rows of a cell before it are not computed
};

struct AttentionRule {
  std::int64_t window = 0;  // a token sees itself and window - 1 before it; 0:
                            // all before it
  double softcap = 0;       // c tanh(score / c); 0: none
};

// Grouped-query attention. Rows of no group, and those that are not to be
// computed, are left as they happen to be.
// -> [n, n_heads * d_head] of the stream kind
at::Tensor attend(const Projections& own,
                  const std::vector<AttentionGroup>& groups,
                  const AttentionRule& rule);

}  // namespace coxswain::jobs
