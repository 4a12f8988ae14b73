#include "jobs/model/transformer.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "jobs/model/families/family.hpp"
#include "storage/gguf.hpp"

namespace coxswain::jobs {

// Angles as the reference computes them: frequencies and products in the
// compute type, theta^(-2j/d_head).
Transformer::Transformer(Architecture architecture, Weights weights)
    : architecture_(std::move(architecture)), weights_(std::move(weights)) {
  const auto options = at::TensorOptions().dtype(dtype());
  const at::Tensor exponents = at::arange(0, architecture_.d_head, 2, options) /
                               static_cast<double>(architecture_.d_head);
  const at::Tensor frequencies =
      at::pow(at::Scalar(architecture_.rope_theta), exponents).reciprocal();
  const at::Tensor angles =
      at::outer(at::arange(architecture_.n_ctx, options), frequencies);
  cos_ = angles.cos();
  sin_ = angles.sin();
}

at::Tensor Transformer::embed(const at::Tensor& ids) const {
  return weights_.embedding.index_select(0, ids);
}

// Root mean square norm (Zhang and Sennrich 2019).
at::Tensor Transformer::norm(const at::Tensor& x,
                             const at::Tensor& weight) const {
  const at::Tensor scale =
      at::rsqrt(x.square().mean(-1, true) + architecture_.norm_epsilon);
  return (x * scale).mul_(weight);
}

// Rotary positions (Su et al. 2021), halves rotated against each other.
at::Tensor Transformer::rotate(const at::Tensor& heads,
                               const at::Tensor& positions) const {
  const at::Tensor cosine = cos_.index_select(0, positions).unsqueeze(1);
  const at::Tensor sine = sin_.index_select(0, positions).unsqueeze(1);
  const std::int64_t half = architecture_.d_head / 2;
  const at::Tensor first = heads.narrow(-1, 0, half);
  const at::Tensor second = heads.narrow(-1, half, half);
  return at::cat(
      {first * cosine - second * sine, second * cosine + first * sine}, -1);
}

Projections Transformer::project(std::int64_t block, const at::Tensor& residual,
                                 const at::Tensor& positions) const {
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  const std::int64_t heads = architecture_.n_heads;
  const std::int64_t kv = architecture_.n_kv_heads;
  const at::Tensor all =
      at::linear(norm(residual, w.attention_norm), w.qkv)
          .view({residual.size(0), heads + 2 * kv, architecture_.d_head});
  const at::Tensor turned = rotate(all.narrow(1, 0, heads + kv), positions);
  const double scale =
      1.0 / std::sqrt(static_cast<double>(architecture_.d_head));
  return {turned.narrow(1, 0, heads) * scale, turned.narrow(1, heads, kv),
          all.narrow(1, heads + kv, kv)};
}

void Transformer::finish_block(std::int64_t block, at::Tensor residual,
                               const at::Tensor& attended) const {
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  residual.add_(at::linear(attended, w.attention_output));
  const at::Tensor both = at::linear(norm(residual, w.mlp_norm), w.gate_up);
  const std::int64_t d_mlp = architecture_.d_mlp;
  const at::Tensor hidden =
      at::silu(both.narrow(-1, 0, d_mlp)).mul_(both.narrow(-1, d_mlp, d_mlp));
  residual.add_(at::linear(hidden, w.down));
}

at::Tensor Transformer::logits(const at::Tensor& residual) const {
  return at::linear(norm(residual, weights_.final_norm), weights_.unembedding);
}

Transformer load_model(const ModelSource& source) {
  const storage::GgufFile file(source.path);
  const Family& family = family_of(file);
  const Architecture architecture = family.describe(file);
  return {architecture, family.load(file, architecture, source.compute)};
}

}  // namespace coxswain::jobs
