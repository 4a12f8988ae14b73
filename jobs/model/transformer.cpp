#include "jobs/model/transformer.hpp"

#include <ATen/ATen.h>

#include <utility>

#include "jobs/model/attention.hpp"

namespace coxswain::jobs {
namespace {

// As the reference computes them: powers and reciprocals in the stream kind.
at::Tensor frequencies(const Rope& rope, std::int64_t dims,
                       at::ScalarType kind) {
  if (dims == 0) return {};
  const auto options = at::TensorOptions().dtype(kind);
  const at::Tensor exponents =
      at::arange(0, dims, 2, options) / static_cast<double>(dims);
  const at::Tensor plain =
      at::pow(at::Scalar(rope.theta), exponents).reciprocal();
  if (rope.divisors.empty()) return plain;
  return plain / at::tensor(rope.divisors, at::kDouble).to(kind);
}

}  // namespace

Rotation Rotation::first(std::int64_t n) const {
  if (!full.cosine.defined()) return {};
  const auto cut = [n](const Table& table) {
    return Table{table.cosine.narrow(0, 0, n), table.sine.narrow(0, 0, n)};
  };
  return {cut(full), cut(windowed)};
}

Transformer::Transformer(Architecture architecture, Weights weights)
    : architecture_(std::move(architecture)),
      weights_(std::move(weights)),
      frequencies_(
          frequencies(architecture_.rope, architecture_.rotary_dims, stream())),
      window_frequencies_(frequencies(architecture_.window_rope,
                                      architecture_.rotary_dims, stream())) {}

// Gemma scales its embeddings by sqrt(d_model) as the weights' kind rounds it.
at::Tensor Transformer::embed(const at::Tensor& ids,
                              const at::Tensor& positions) const {
  at::Tensor rows = weights_.embedding.index_select(0, ids).to(stream());
  if (architecture_.embedding_scale != 1) {
    const at::Tensor scale = at::scalar_tensor(architecture_.embedding_scale,
                                               weights_.embedding.options());
    rows = rows * scale.to(stream());
  }
  if (architecture_.learned_positions) {
    rows = rows + weights_.positions.index_select(0, positions).to(stream());
  }
  return rows;
}

// Rotary positions (Su et al. 2021): angles are position times frequency.
Rotation Transformer::rotation(const at::Tensor& positions) const {
  if (architecture_.rotary_dims == 0) return {};
  const auto table = [&](const at::Tensor& frequency) {
    const at::Tensor angles =
        at::outer(positions.to(stream()), frequency).unsqueeze(1);
    return Rotation::Table{angles.cos(), angles.sin()};
  };
  return {table(frequencies_), table(window_frequencies_)};
}

// Root mean square norm (Zhang and Sennrich 2019), or layer norm (Ba et al.
// 2016, population variance).
at::Tensor Transformer::norm(const at::Tensor& x,
                             const NormWeights& weights) const {
  if (architecture_.norm == NormKind::layer) {
    return at::layer_norm(x, {x.size(-1)}, weights.gain, weights.shift,
                          architecture_.norm_epsilon);
  }
  const at::Tensor scale =
      at::rsqrt(x.square().mean(-1, true) + architecture_.norm_epsilon);
  return (x * scale).mul_(weights.gain);
}

// Of the weight kind: the product's result goes on in it.
at::Tensor Transformer::linear(const at::Tensor& x, const Linear& map) const {
  return at::linear(x.to(map.weight.scalar_type()), map.weight, map.bias);
}

// In place: the first `rotary_dims` coordinates, halves turned against each
// other.
void Transformer::rotate(at::Tensor heads, const Rotation::Table& table) const {
  if (architecture_.rotary_dims == 0) return;
  const std::int64_t half = architecture_.rotary_dims / 2;
  at::Tensor first = heads.narrow(-1, 0, half);
  at::Tensor second = heads.narrow(-1, half, half);
  const at::Tensor turned = first * table.cosine - second * table.sine;
  second.mul_(table.cosine).addcmul_(first, table.sine);
  first.copy_(turned);
}

Projections Transformer::project(std::int64_t block, const at::Tensor& residual,
                                 const Rotation& rotation) const {
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  const std::int64_t heads = architecture_.n_heads;
  const std::int64_t kv = architecture_.n_kv_heads;
  const at::Tensor all =
      linear(norm(residual, w.attention_norm), w.qkv)
          .view({residual.size(0), heads + 2 * kv, architecture_.d_head});
  const at::ScalarType kind = all.scalar_type();
  at::Tensor turned = all.narrow(1, 0, heads + kv).to(stream());
  if (architecture_.query_key_norm) {
    turned = at::cat({norm(turned.narrow(1, 0, heads), w.query_norm),
                      norm(turned.narrow(1, heads, kv), w.key_norm)},
                     1);
  }
  const bool windowed =
      architecture_.windows[static_cast<std::size_t>(block)] > 0;
  rotate(turned, windowed ? rotation.windowed : rotation.full);
  return {(turned.narrow(1, 0, heads) * architecture_.attention_scale).to(kind),
          turned.narrow(1, heads, kv).to(kind), all.narrow(1, heads + kv, kv)};
}

at::Tensor Transformer::attend(const at::Tensor& queries,
                               const at::Tensor& keys, const at::Tensor& values,
                               const at::Tensor& mask) const {
  return jobs::attend(queries, keys, values, mask,
                      architecture_.attention_softcap);
}

at::Tensor Transformer::activate(const at::Tensor& x) const {
  switch (architecture_.activation) {
    case Activation::silu:
      return at::silu(x);
    case Activation::gelu_tanh:
      return at::gelu(x, "tanh");
    case Activation::gelu_erf:
      return at::gelu(x, "none");
  }
  return x;
}

at::Tensor Transformer::mlp(const BlockWeights& w,
                            const at::Tensor& residual) const {
  const at::Tensor up = linear(norm(residual, w.mlp_norm), w.gate_up);
  if (!architecture_.gated_mlp) return linear(activate(up), w.down);
  const std::int64_t d_mlp = architecture_.d_mlp;
  return linear(
      activate(up.narrow(-1, 0, d_mlp)).mul_(up.narrow(-1, d_mlp, d_mlp)),
      w.down);
}

void Transformer::finish_block(std::int64_t block, at::Tensor residual,
                               const at::Tensor& attended) const {
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  // A parallel MLP reads the stream before attention is added to it.
  const at::Tensor parallel =
      architecture_.parallel_residual ? mlp(w, residual) : at::Tensor();
  const auto add = [&](at::Tensor part, const NormWeights& output_norm) {
    if (architecture_.output_norms) {
      part = norm(part.to(stream()), output_norm);
    }
    residual.add_(part);
  };
  add(linear(attended, w.attention_output), w.attention_output_norm);
  add(parallel.defined() ? parallel : mlp(w, residual), w.mlp_output_norm);
}

at::Tensor Transformer::capped(at::Tensor logits) const {
  const double cap = architecture_.final_softcap;
  return cap > 0 ? logits.div_(cap).tanh_().mul_(cap) : logits;
}

at::Tensor Transformer::final_norm(const at::Tensor& residual) const {
  return norm(residual, weights_.final_norm);
}

at::Tensor Transformer::unembed(const at::Tensor& final) const {
  return capped(
      linear(final, {weights_.unembedding, at::Tensor()}).to(stream()));
}

at::Tensor Transformer::logits(const at::Tensor& residual) const {
  return unembed(final_norm(residual));
}

Scores Transformer::score(const at::Tensor& residual,
                          const at::Tensor& wanted) const {
  const at::Tensor final = final_norm(residual);
  const at::Tensor all = unembed(final);
  const at::Tensor sum = all.logsumexp(1);
  if (weights_.unembedding.scalar_type() == stream()) {
    return {all.gather(1, wanted), sum};
  }
  const at::Tensor rows =  // [n, n_wanted, d_model]
      weights_.unembedding.index_select(0, wanted.flatten())
          .to(stream())
          .view({wanted.size(0), wanted.size(1), -1});
  return {capped(at::bmm(rows, final.unsqueeze(2)).squeeze(2)), sum};
}

Transformer load_model(const ModelSource& source) {
  const Checkpoint checkpoint = open_checkpoint(source.path);
  return {checkpoint.architecture, load_weights(checkpoint, source.compute)};
}

}  // namespace coxswain::jobs
