#include "jobs/kernels/kernels.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/model/attention.hpp"
#include "jobs/model/row_operations.hpp"

using namespace coxswain::jobs;

namespace {

// Of the largest value; products of bfloat16 are rounded once, to 2^-9.
constexpr double kFloat = 2e-6, kBfloat = 4.1e-3;

at::Tensor normals(at::IntArrayRef shape) {
  return at::randn(shape, at::kDouble).to(at::kFloat);
}

double error(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor wide = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - wide).abs().max() / wide.abs().max())
      .item<double>();
}

template <class T>
struct Kind;
template <>
struct Kind<float> {
  static constexpr at::ScalarType kind = at::kFloat;
  static constexpr double tolerance = kFloat;
  static const KernelsOf<float>& of(const Kernels& set) { return set.f32; }
};
template <>
struct Kind<Bfloat16> {
  static constexpr at::ScalarType kind = at::kBFloat16;
  static constexpr double tolerance = kBfloat;
  static const KernelsOf<Bfloat16>& of(const Kernels& set) { return set.bf16; }
};

template <class T>
T* at_start(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

// Heads of `rows` rows.
Projections heads(std::int64_t rows, std::int64_t n, std::int64_t kv,
                  std::int64_t d) {
  return {0.3 * normals({rows, n, d}), normals({rows, kv, d}),
          normals({rows, kv, d})};
}

Projections in_float64(const Projections& p) {
  return {p.queries.to(at::kDouble), p.keys.to(at::kDouble),
          p.values.to(at::kDouble)};
}

struct Shape {
  std::int64_t heads, kv, d_head;
  std::vector<std::int64_t> seen;  // keys of each span
  std::int64_t cells, rows, read_from;
  AttentionRule rule;
};

// What a set's kernel says of the rows that are read, against tensors in
// float64.
double attention_error(const Kernels& set, const Shape& s) {
  const std::int64_t n = s.cells * s.rows;
  const Projections own = heads(n, s.heads, s.kv, s.d_head);
  AttentionGroup group{{}, {}, s.rows, s.read_from};
  std::int64_t n_seen = 0;
  for (const std::int64_t keys : s.seen) {
    group.seen.push_back({n_seen, keys});
    n_seen += keys;
  }
  const Projections seen = heads(n_seen, 1, s.kv, s.d_head);
  std::vector<KeySpan> spans;
  for (const RowRange& range : group.seen) {
    const std::int64_t skipped = range.first * s.kv * s.d_head;
    spans.push_back({at_start<float>(seen.keys) + skipped,
                     at_start<float>(seen.values) + skipped, range.n});
  }
  std::vector<std::int64_t> read;
  for (std::int64_t cell = s.cells - 1; cell >= 0; --cell) {
    group.cells.push_back(cell * s.rows);
    for (std::int64_t row = s.read_from; row < s.rows; ++row) {
      read.push_back(cell * s.rows + row);
    }
  }
  const at::Tensor out = at::zeros({n, s.heads * s.d_head}, own.keys.options());
  CellAttention call{};
  call.heads = s.heads;
  call.kv_heads = s.kv;
  call.d_head = s.d_head;
  call.window = s.rule.window;
  call.softcap = static_cast<float>(s.rule.softcap);
  call.spans = spans.data();
  call.n_spans = std::ssize(spans);
  call.queries = at_start<float>(own.queries);
  call.keys = at_start<float>(own.keys);
  call.values = at_start<float>(own.values);
  call.cells = group.cells.data();
  call.rows = s.rows;
  call.read_from = s.read_from;
  call.out = at_start<float>(out);
  for (std::int64_t head = 0; head < s.kv; ++head) {
    const std::int64_t half = s.cells / 2;  // threads take some cells each
    set.attend(call, head, 0, half);
    set.attend(call, head, half, s.cells);
  }
  const at::Tensor index = at::tensor(read, at::kLong);
  const AttentionLayout layout({group}, n, {s.rule.window},
                               at::TensorOptions(at::kDouble));
  const at::Tensor expected = attend(
      in_float64(own), {seen.keys.to(at::kDouble), seen.values.to(at::kDouble)},
      layout, s.rule);
  return error(out.index_select(0, index), expected.index_select(0, index));
}

void check_attention(const Kernels& set) {
  const Shape shapes[] = {
      {2, 1, 64, {}, 1, 1, 0, {}},           // a first token
      {4, 2, 64, {}, 1, 37, 0, {}},          // a prompt
      {4, 2, 20, {5}, 1, 70, 0, {}},         // behind a common beginning
      {4, 2, 64, {5, 33}, 2, 1, 0, {}},      // two answers
      {9, 3, 64, {26, 100}, 25, 2, 0, {}},   // steered cells
      {9, 3, 64, {26, 100}, 25, 2, 1, {}},   // the last block's
      {3, 1, 128, {7}, 5, 20, 3, {}},        // of many rows each
      {2, 2, 80, {40, 3}, 7, 3, 0, {9, 0}},  // with a window
      {2, 1, 16, {40}, 1, 50, 0, {16, 0}},
      {4, 2, 64, {30}, 6, 2, 0, {0, 2.5}},  // with a soft-cap
  };
  for (const Shape& shape : shapes) {
    INFO(set.name << ", d_head " << shape.d_head << ", " << shape.cells
                  << " cells of " << shape.rows);
    CHECK(attention_error(set, shape) < kFloat);
  }
}

template <class T>
void check_rows(const Kernels& set) {
  constexpr auto kind = Kind<T>::kind;
  const auto& k = Kind<T>::of(set);
  for (const std::int64_t d : {7, 48, 130}) {
    INFO(set.name << ", d " << d);
    const at::Tensor x = 3 * normals({5, d}), gain = normals({d});
    const at::Tensor wide = x.to(at::kDouble);
    const at::Tensor normed =
        rms_norm(wide, gain.to(at::kDouble), 1e-5, at::kDouble);
    const at::Tensor out = at::empty({5, d}, at::TensorOptions().dtype(kind));
    k.rms_norm(at_start<float>(x), at_start<float>(gain), 1e-5F, 5, d,
               at_start<T>(out));
    CHECK(error(out, normed) < Kind<T>::tolerance);

    const at::Tensor part = normals({5, d}).to(kind);
    for (const bool with_gain : {false, true}) {
      const at::Tensor sum = x.clone(), expected = wide.clone();
      k.add(at_start<T>(part), with_gain ? at_start<float>(gain) : nullptr,
            1e-5F, 5, d, at_start<float>(sum));
      add_to(expected, part.to(at::kDouble),
             with_gain ? gain.to(at::kDouble) : at::Tensor(), 1e-5);
      CHECK(error(sum, expected) < kFloat);
    }

    k.activate(at_start<float>(x), GatedActivation::gelu_tanh, 5, d,
               at_start<T>(out));
    CHECK(error(out, activated(wide, Activation::gelu_tanh)) <
          Kind<T>::tolerance);

    const at::Tensor both = (4 * normals({5, 2 * d})).to(kind);
    for (const auto& [one, other] :
         {std::pair{GatedActivation::silu, Activation::silu},
          std::pair{GatedActivation::gelu_tanh, Activation::gelu_tanh}}) {
      k.gate(at_start<T>(both), one, 5, d, at_start<T>(out));
      CHECK(error(out, gated(both.to(at::kDouble), other)) <
            Kind<T>::tolerance);
    }
  }
}

template <class T>
void check_heads(const Kernels& set) {
  Architecture model;
  model.n_heads = 3;
  model.n_kv_heads = 2;
  model.norm_epsilon = 1e-6;
  model.attention_scale = 0.3;
  for (const auto& [d_head, rotary] :
       {std::pair<std::int64_t, std::int64_t>{64, 64}, {80, 20}, {16, 0}}) {
    for (const bool norms : {false, true}) {
      INFO(set.name << ", d_head " << d_head << ", norms " << norms);
      model.d_head = d_head;
      model.rotary_dims = rotary;
      const at::Tensor all = normals({6, 7, d_head}).to(Kind<T>::kind);
      const at::Tensor angles = normals({6, rotary / 2});
      const RotationTable table{angles.cos(), angles.sin()};
      const at::Tensor query = normals({d_head}), key = normals({d_head});
      const Projections out = empty_projections(model, 6, at::kFloat);
      HeadSplit<T> split{};
      split.heads = 3;
      split.kv_heads = 2;
      split.d_head = d_head;
      split.rotary_dims = rotary;
      split.scale = 0.3F;
      split.epsilon = 1e-6F;
      split.query_gain = norms ? at_start<float>(query) : nullptr;
      split.key_gain = norms ? at_start<float>(key) : nullptr;
      split.cosine = at_start<float>(table.cosine);
      split.sine = at_start<float>(table.sine);
      split.all = at_start<T>(all);
      split.queries = at_start<float>(out.queries);
      split.keys = at_start<float>(out.keys);
      split.values = at_start<float>(out.values);
      Kind<T>::of(set).split_heads(split, 0, 4);
      Kind<T>::of(set).split_heads(split, 4, 6);

      const Projections expected = empty_projections(model, 6, at::kDouble);
      HeadGains gains;
      if (norms) gains = {query.to(at::kDouble), key.to(at::kDouble)};
      split_heads(model, all.to(at::kDouble), gains,
                  {table.cosine.to(at::kDouble), table.sine.to(at::kDouble)},
                  expected);
      CHECK(error(out.queries, expected.queries) < kFloat);
      CHECK(error(out.keys, expected.keys) < kFloat);
      CHECK(error(out.values, expected.values) == 0);
    }
  }
}

}  // namespace

TEST_CASE("every set of kernels gives what tensors in float64 give",
          "[jobs][kernels]") {
  at::manual_seed(3);
  CHECK(&kernels() == kernel_sets().front());
  for (const Kernels* set : kernel_sets()) {
    check_rows<float>(*set);
    check_rows<Bfloat16>(*set);
    check_heads<float>(*set);
    check_heads<Bfloat16>(*set);
    check_attention(*set);
  }
}

// Cells with the same queries, keys and values, of which `shared` keys are seen
// by all and the rest are each cell's own: what the last `kRead` rows get.
at::Tensor split_at(const Kernels& set, const Projections& all,
                    std::int64_t cells, std::int64_t shared) {
  constexpr std::int64_t kRead = 2;
  const std::int64_t n = all.keys.size(0), rows = n - shared;
  const auto repeated = [&](const at::Tensor& one) {
    return one.narrow(0, shared, rows).repeat({cells, 1, 1}).contiguous();
  };
  const Projections own{repeated(all.queries), repeated(all.keys),
                        repeated(all.values)};
  const std::int64_t heads = own.queries.size(1), d = own.queries.size(2);
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < cells; ++i) starts.push_back(i * rows);
  const KeySpan seen{at_start<float>(all.keys), at_start<float>(all.values),
                     shared};
  const at::Tensor out = at::zeros({cells * rows, heads, d});
  CellAttention call{};
  call.heads = heads;
  call.kv_heads = own.keys.size(1);
  call.d_head = d;
  call.spans = &seen;
  call.n_spans = 1;
  call.queries = at_start<float>(own.queries);
  call.keys = at_start<float>(own.keys);
  call.values = at_start<float>(own.values);
  call.cells = starts.data();
  call.rows = rows;
  call.out = at_start<float>(out);
  for (std::int64_t head = 0; head < call.kv_heads; ++head) {
    set.attend(call, head, 0, cells);
  }
  return out.view({cells, rows, -1}).narrow(1, rows - kRead, kRead);
}

TEST_CASE("what a row sees decides its attention, not with whom it shares it",
          "[jobs][kernels]") {
  at::manual_seed(8);
  for (const Kernels* set : kernel_sets()) {
    for (const std::int64_t d : {64, 20}) {
      INFO(set->name << ", d_head " << d);
      const Projections all = heads(50, 6, 2, d);
      const at::Tensor alone = split_at(*set, all, 1, 0);
      // Many rows of its own, eight, and fewer; one cell, or several.
      for (const std::int64_t shared : {0, 7, 41, 42, 43, 48}) {
        for (const std::int64_t cells : {1, 2, 9}) {
          INFO(shared << " shared, " << cells << " cells");
          CHECK(at::equal(split_at(*set, all, cells, shared),
                          alone.expand({cells, -1, -1})));
        }
      }
    }
  }
}

TEST_CASE("vocabularies are summed up", "[jobs][kernels]") {
  at::manual_seed(9);
  for (const Kernels* set : kernel_sets()) {
    for (const std::int64_t d : {1, 17, 5000}) {
      const at::Tensor x = 5 * normals({3, d}), out = at::empty({3});
      set->log_sum_exp(at_start<float>(x), 3, d, at_start<float>(out));
      CHECK(error(out, x.to(at::kDouble).logsumexp(1)) < 1e-6);
      at::Tensor capped = x.clone();
      set->cap(at_start<float>(capped), 4.0F, 3, d);
      CHECK(error(capped, (x.to(at::kDouble) / 4).tanh() * 4) < kFloat);
    }
  }
}

TEST_CASE("gates take what overflows", "[jobs][kernels]") {
  const at::Tensor x = at::tensor({-200.0F, -90.0F, 0.0F, 90.0F, 200.0F, 1.0F,
                                   1.0F, 1.0F, 1.0F, 1.0F})
                           .view({1, 10});
  for (const Kernels* set : kernel_sets()) {
    const at::Tensor out = at::empty({1, 5});
    set->f32.gate(at_start<float>(x), GatedActivation::silu, 1, 5,
                  at_start<float>(out));
    CHECK(error(out, at::tensor({0.0F, 0.0F, 0.0F, 90.0F, 200.0F})) < 1e-6);
  }
}

TEST_CASE("attention weighs very low scores, too", "[jobs][kernels]") {
  // All scores far below 0: what pads them must not count.
  Projections own{at::full({1, 1, 16}, -100.0), at::full({1, 1, 16}, 1.0),
                  at::full({1, 1, 16}, 2.0)};
  const AttentionLayout layout({{{}, {0}, 1, 0}}, 1, {0}, own.keys.options());
  const at::Tensor out =
      attend(own, {own.keys, own.values}, layout, AttentionRule{});
  CHECK(error(out, at::full({1, 16}, 2.0)) < 1e-6);
}
