#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// Grouped-query attention of n queries over m keys.
// queries [n, n_heads, d_head] (already scaled), keys and values
// [m, n_kv_heads, d_head], mask [n, m]: 0 where a query sees a key, -infinity
// where it does not. -> [n, n_heads * d_head]
at::Tensor attend(const at::Tensor& queries, const at::Tensor& keys,
                  const at::Tensor& values, const at::Tensor& mask);

}  // namespace coxswain::jobs
