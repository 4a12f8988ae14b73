#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// Grouped-query attention of n queries over m keys.
// queries [n, n_heads, d_head] (already scaled), keys and values
// [m, n_kv_heads, d_head], mask [n, m]: 0 where a query sees a key, -infinity
// where it does not; the softmax is of the mask's kind. A soft-cap c > 0 turns
// scores s into c tanh(s / c) before the mask. -> [n, n_heads * d_head]
at::Tensor attend(const at::Tensor& queries, const at::Tensor& keys,
                  const at::Tensor& values, const at::Tensor& mask,
                  double softcap);

// [n, m]: which keys queries see by their positions, for a pass in which a
// token sees itself and those before it, `window` tokens in all (0: all).
at::Tensor position_mask(const at::Tensor& query_positions,
                         const at::Tensor& key_positions, std::int64_t window,
                         at::ScalarType kind);

}  // namespace coxswain::jobs
