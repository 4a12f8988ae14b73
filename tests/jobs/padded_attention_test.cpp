#include "jobs/model/padded_attention.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>

#include "tests/support/test_device.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kHeads = 4, kKeyHeads = 2, kWidth = 8;

at::Tensor heads(std::int64_t n, std::int64_t count) {
  return at::randn({n, count, kWidth}, at::kDouble);
}

struct Scene {
  std::vector<AttentionGroup> groups;
  Projections own;
  KeyRows seen;
};

// Groups of the given shapes, their cells' rows in some order.
struct Shape {
  std::vector<RowRange> seen;
  std::int64_t cells, rows, read_from;
};
Scene scene_of(const std::vector<Shape>& shapes) {
  at::manual_seed(3);
  Scene scene;
  std::int64_t n = 1;  // a row of no group
  for (const Shape& shape : shapes) {
    AttentionGroup group{shape.seen, {}, shape.rows, shape.read_from};
    for (std::int64_t cell = 0; cell < shape.cells; ++cell, n += shape.rows) {
      group.cells.insert(group.cells.begin(), n);
    }
    scene.groups.push_back(group);
  }
  scene.own = {heads(n, kHeads), heads(n, kKeyHeads), heads(n, kKeyHeads)};
  scene.seen = {heads(64, kKeyHeads), heads(64, kKeyHeads)};
  return scene;
}

// Query after query, head after head.
at::Tensor of_query(const Scene& scene, const AttentionGroup& group,
                    std::int64_t cell, std::int64_t row,
                    const AttentionRule& rule) {
  std::vector<at::Tensor> keys, values;  // of all tokens before, and itself
  for (const RowRange& range : group.seen) {
    keys.push_back(scene.seen.keys.narrow(0, range.first, range.n));
    values.push_back(scene.seen.values.narrow(0, range.first, range.n));
  }
  keys.push_back(scene.own.keys.narrow(0, cell, row + 1));
  values.push_back(scene.own.values.narrow(0, cell, row + 1));
  at::Tensor key = at::cat(keys), value = at::cat(values);
  if (rule.window > 0 && key.size(0) > rule.window) {
    key = key.narrow(0, key.size(0) - rule.window, rule.window);
    value = value.narrow(0, value.size(0) - rule.window, rule.window);
  }
  std::vector<at::Tensor> out;
  for (std::int64_t head = 0; head < kHeads; ++head) {
    const std::int64_t shared = head / (kHeads / kKeyHeads);
    at::Tensor scores =
        key.select(1, shared).mv(scene.own.queries[cell + row][head]);
    if (rule.softcap > 0)
      scores = (scores / rule.softcap).tanh() * rule.softcap;
    out.push_back(value.select(1, shared).t().mv(scores.softmax(0)));
  }
  return at::cat(out);
}

double error(const Scene& scene, const AttentionRule& rule, AttentionForm form,
             const at::TensorOptions& stream) {
  const std::int64_t rows = scene.own.queries.size(0);
  const PaddedGroups padded = pad(scene.groups, rows, {0, rule.window}, stream);
  const at::Tensor found =
      attend_padded({scene.own.queries.to(stream), scene.own.keys.to(stream),
                     scene.own.values.to(stream)},
                    {scene.seen.keys.to(stream), scene.seen.values.to(stream)},
                    padded, rule, form)
          .to(at::kCPU, at::kDouble);
  REQUIRE(found.size(0) == rows);
  double most = 0;
  for (const AttentionGroup& group : scene.groups) {
    for (const std::int64_t cell : group.cells) {
      for (std::int64_t row = group.read_from; row < group.rows; ++row) {
        const at::Tensor expected = of_query(scene, group, cell, row, rule);
        most = std::max(
            most, (found[cell + row] - expected).abs().max().item<double>());
      }
    }
  }
  return most;
}

const std::vector<Shape> kPrompts = {
    {{}, 1, 9, 0}, {{{0, 9}}, 1, 20, 0}, {{{0, 9}}, 1, 17, 3}, {{}, 1, 1, 0}};
const std::vector<Shape> kCells = {{{{0, 9}, {30, 20}}, 30, 2, 0},
                                   {{{0, 9}, {50, 14}}, 28, 3, 0},
                                   {{{4, 1}}, 2, 1, 0},
                                   {{{0, 9}, {30, 5}}, 30, 2, 1}};

}  // namespace

TEST_CASE("padded groups attend as each query alone would",
          "[jobs][padded_attention]") {
  const at::NoGradGuard no_gradients;
  // A GPU's fused kernels make a float32 product of three of TF32.
  const double most = tests::test_device().is_cuda() ? 5e-5 : 1e-5;
  for (const auto& shapes : {kPrompts, kCells}) {
    const Scene scene = scene_of(shapes);
    for (const AttentionRule rule :
         {AttentionRule{}, {5, 0}, {0, 3.0}, {12, 3.0}}) {
      for (const auto form :
           {AttentionForm::written_out, AttentionForm::fused_where_it_can}) {
        const at::TensorOptions there(tests::test_device());
        CHECK(error(scene, rule, form, there.dtype(at::kDouble)) < 1e-12);
        CHECK(error(scene, rule, form, there.dtype(at::kFloat)) < most);
      }
    }
  }
}

TEST_CASE("groups that are alike go together, large ones in parts",
          "[jobs][padded_attention]") {
  const at::NoGradGuard no_gradients;
  const auto batches = [](const std::vector<Shape>& shapes) {
    const Scene scene = scene_of(shapes);
    return pad(scene.groups, scene.own.queries.size(0), {0},
               at::TensorOptions(at::kDouble))
        .batches;
  };
  const std::vector<Shape> alike(40, Shape{{{0, 9}}, 1, 30, 0});
  CHECK(batches(alike).size() == 1);
  // One large group beside small ones would make all of them large.
  std::vector<Shape> one_large = alike;
  one_large.push_back({{{0, 9}}, 400, 30, 0});
  CHECK(batches(one_large).size() == 2);
  const auto parts = batches({{{{0, 64}}, 3000, 40, 0}});
  CHECK(parts.size() > 1);
  std::int64_t cells = 0;
  for (const PaddedBatch& part : parts) {
    CHECK(part.cells * part.queries * (part.seen + part.rows) <= kScoresAtOnce);
    cells += part.cells;
  }
  CHECK(cells >= 3000);
}
