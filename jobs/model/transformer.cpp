#include "jobs/model/transformer.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <utility>

#include "jobs/device/device_memory.hpp"

namespace coxswain::jobs {
namespace {

// f(first, n) for all rows, in parts of about the same size.
template <class F>
void by_rows(const at::Tensor& all, const F& f) {
  const std::int64_t rows = all.size(0);
  const std::int64_t at_once = all.is_cpu() ? kRowsPerProduct : rows;
  const std::int64_t parts = rows == 0 ? 0 : (rows + at_once - 1) / at_once;
  for (std::int64_t part = 0; part < parts; ++part) {
    // Parts differ by one row at most: a short last one would leave threads
    // idle.
    const std::int64_t first = rows * part / parts;
    f(first, rows * (part + 1) / parts - first);
  }
}

// Powers and reciprocals in the stream kind, since transformers computes them
// in float32: angles of late positions would differ otherwise.
at::Tensor frequencies(const Rope& rope, std::int64_t dims,
                       at::ScalarType kind) {
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
  assert(!full.cosine.defined() || n <= full.cosine.size(0));
  if (!full.cosine.defined()) return {};
  const auto cut = [n](const RotationTable& table) {
    return RotationTable{table.cosine.narrow(0, 0, n),
                         table.sine.narrow(0, 0, n)};
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
  assert(ids.dim() == 1 && ids.size(0) == positions.size(0));
  at::Tensor rows =
      weights_.embedding.index_select(0, placed(ids, first_device()))
          .to(stream());
  if (architecture_.embedding_scale != 1) {
    const at::Tensor scale = at::scalar_tensor(architecture_.embedding_scale,
                                               weights_.embedding.options());
    rows = rows * scale.to(stream());
  }
  if (architecture_.learned_positions) {
    rows = rows +
           weights_.positions.index_select(0, placed(positions, first_device()))
               .to(stream());
  }
  return rows;
}

// Cosines and sines of the angles, which are position times frequency.
Rotation Transformer::rotation(const at::Tensor& positions,
                               at::Device device) const {
  if (architecture_.rotary_dims == 0) return {};
  const auto table = [&](const at::Tensor& frequency) {
    const at::Tensor angles = at::outer(placed(positions, device).to(stream()),
                                        placed(frequency, device));
    return rotation_table(angles);
  };
  return {table(frequencies_), table(window_frequencies_)};
}

// Layer norm (Ba et al. 2016) has the population's variance.
at::Tensor Transformer::norm(const at::Tensor& x, const NormWeights& weights,
                             at::ScalarType out) const {
  if (architecture_.norm == NormKind::layer) {
    return at::layer_norm(x, {x.size(-1)}, weights.gain, weights.shift,
                          architecture_.norm_epsilon)
        .to(out);
  }
  return rms_norm(x, weights.gain, architecture_.norm_epsilon, out);
}

Projections Transformer::project(std::int64_t block, const at::Tensor& residual,
                                 const Rotation& rotation) const {
  assert(0 <= block && block < std::ssize(weights_.blocks));
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  const bool windowed =
      architecture_.windows[static_cast<std::size_t>(block)] > 0;
  const RotationTable& table = windowed ? rotation.windowed : rotation.full;
  const Projections out =
      empty_projections(architecture_, residual.size(0), residual.options());
  by_rows(residual, [&](std::int64_t first, std::int64_t n) {
    const auto cut = [&](const at::Tensor& all) {
      return all.defined() ? all.narrow(0, first, n) : all;
    };
    const at::Tensor all =
        w.qkv.product(norm(cut(residual), w.attention_norm, weight_kind()))
            .view({n, -1, architecture_.d_head});
    split_heads(architecture_, all, {w.query_norm.gain, w.key_norm.gain},
                {cut(table.cosine), cut(table.sine)},
                {cut(out.queries), cut(out.keys), cut(out.values)});
  });
  return out;
}

AttentionLayout Transformer::layout(std::vector<AttentionGroup> groups,
                                    std::int64_t rows,
                                    at::Device device) const {
  return {std::move(groups), rows, architecture_.windows,
          at::TensorOptions(device).dtype(stream())};
}

at::Tensor Transformer::attend(std::int64_t block, const Projections& own,
                               const KeyRows& seen,
                               const AttentionLayout& layout) const {
  assert(0 <= block && block < std::ssize(architecture_.windows));
  return jobs::attend(own, seen, layout,
                      {architecture_.windows[static_cast<std::size_t>(block)],
                       architecture_.attention_softcap});
}

at::Tensor Transformer::mlp_input(const BlockWeights& w,
                                  const at::Tensor& residual) const {
  const at::Tensor x = norm(residual, w.mlp_norm, weight_kind());
  return architecture_.gated_mlp
             ? w.gate_up.gated_product(x, architecture_.activation)
             : activated(w.gate_up.product(x), architecture_.activation)
                   .to(weight_kind());
}

void Transformer::add_product(at::Tensor residual, const at::Tensor& x,
                              const Linear& map,
                              const NormWeights& output_norm) const {
  if (architecture_.output_norms) {
    add_to(residual, map.product(x), output_norm.gain,
           architecture_.norm_epsilon);
  } else {
    map.add_product(x, residual);
  }
}

void Transformer::finish_rows(const BlockWeights& w, const at::Tensor& residual,
                              const at::Tensor& attended) const {
  // A parallel MLP reads the stream before attention is added to it.
  at::Tensor inner;
  if (architecture_.parallel_residual) inner = mlp_input(w, residual);
  add_product(residual, attended.to(weight_kind()), w.attention_output,
              w.attention_output_norm);
  if (!inner.defined()) inner = mlp_input(w, residual);
  add_product(residual, inner, w.down, w.mlp_output_norm);
}

void Transformer::finish_block(std::int64_t block, at::Tensor residual,
                               const at::Tensor& attended) const {
  assert(0 <= block && block < std::ssize(weights_.blocks));
  assert(residual.size(0) == attended.size(0));
  const BlockWeights& w = weights_.blocks[static_cast<std::size_t>(block)];
  by_rows(residual, [&](std::int64_t first, std::int64_t n) {
    finish_rows(w, residual.narrow(0, first, n), attended.narrow(0, first, n));
  });
}

at::Tensor Transformer::capped(at::Tensor logits) const {
  if (architecture_.final_softcap > 0) cap(logits, architecture_.final_softcap);
  return logits;
}

at::Tensor Transformer::final_norm(const at::Tensor& residual) const {
  return norm(residual, weights_.final_norm, stream());
}

at::Tensor Transformer::unembed(const at::Tensor& final) const {
  return capped(linear_product(final.to(weight_kind()), weights_.unembedding)
                    .to(stream()));
}

at::Tensor Transformer::logits(const at::Tensor& residual) const {
  return unembed(final_norm(residual));
}

Scores Transformer::score(const at::Tensor& residual, const at::Tensor& wanted,
                          Vocabulary vocabulary) const {
  assert(wanted.dim() == 2 && wanted.size(0) == residual.size(0));
  const at::Tensor final = final_norm(residual);
  const at::Tensor rows =  // [n, n_wanted, d_model]
      weights_.unembedding
          .index_select(0, placed(wanted.flatten(), last_device()))
          .to(stream())
          .view({wanted.size(0), wanted.size(1), -1});
  Scores scores;
  scores.logits = capped(own_products(final, rows));
  if (vocabulary == Vocabulary::summed) {
    scores.log_sum_exp = log_sum_exp(unembed(final));
  }
  return scores;
}

Transformer load_model(const ModelSource& source,
                       const std::vector<at::Device>& devices) {
  const Checkpoint checkpoint = open_checkpoint(source.path);
  return {checkpoint.architecture,
          load_weights(checkpoint, source.compute, devices)};
}

}  // namespace coxswain::jobs
