#include "jobs/model/attention.hpp"

#include <ATen/ATen.h>

#include <limits>

namespace coxswain::jobs {

at::Tensor attend(const at::Tensor& queries, const at::Tensor& keys,
                  const at::Tensor& values, const at::Tensor& mask,
                  double softcap) {
  const std::int64_t n = queries.size(0);
  const std::int64_t m = keys.size(0);
  const std::int64_t kv = keys.size(1);
  const std::int64_t d_head = queries.size(2);
  const std::int64_t group = queries.size(1) / kv;
  // The query heads that share a key head go through one product.
  const at::Tensor grouped = queries.view({n, kv, group, d_head})
                                 .permute({1, 2, 0, 3})
                                 .reshape({kv, group * n, d_head});
  at::Tensor scores =
      at::bmm(grouped, keys.permute({1, 2, 0})).to(mask.scalar_type());
  if (softcap > 0) scores.div_(softcap).tanh_().mul_(softcap);
  scores.view({kv, group, n, m}).add_(mask);
  const at::Tensor weights = at::softmax(scores, -1).to(values.scalar_type());
  return at::bmm(weights, values.transpose(0, 1))
      .view({kv, group, n, d_head})
      .permute({2, 0, 1, 3})
      .reshape({n, kv * group * d_head});
}

at::Tensor position_mask(const at::Tensor& query_positions,
                         const at::Tensor& key_positions, std::int64_t window,
                         at::ScalarType kind) {
  const at::Tensor distance =
      query_positions.unsqueeze(1) - key_positions.unsqueeze(0);
  at::Tensor hidden = distance < 0;
  if (window > 0) hidden = hidden.logical_or(distance >= window);
  return at::zeros(distance.sizes(), at::TensorOptions().dtype(kind))
      .masked_fill_(hidden, -std::numeric_limits<double>::infinity());
}

}  // namespace coxswain::jobs
