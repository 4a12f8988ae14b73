// What vectors do to the stream beside being added, on models of every family
// and on a real one: answers by reuse against whole passes with a hook that has
// the formulas, number by number.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <numbers>

#include "jobs/device/device.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr double kFloat64 = 1e-10;
// As addition has them: of toys, and of SmolLM2 (reference.pipeline).
constexpr double kFloat32 = 2e-4, kSmolLm2Float32 = 2.5e-4;

using Row = std::vector<double>;

double dot(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double length(const Row& a) { return std::sqrt(dot(a, a)); }

Row sum_of(double a, const Row& x, double b, const Row& y) {
  Row out;
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back(a * x[i] + b * y[i]);
  return out;
}

Row row_of(const at::Tensor& one) {
  const at::Tensor row = one.to(at::kCPU, at::kDouble).contiguous();
  return {row.data_ptr<double>(), row.data_ptr<double>() + row.numel()};
}

// What a JumpReLU or gated feature is at h, and what setting it leaves of h.
Row clamped_directly(const Steering& how, const Row& h) {
  const ClampedFeature& feature = *how.feature;
  const double product = dot(h, row_of(feature.encoder));
  const double code =
      product + feature.gate.bias > feature.gate.threshold
          ? std::max(product * feature.gate.scale + feature.gate.shift, 0.0)
          : 0.0;
  return sum_of(1, h, how.multiplier * (feature.value - code),
                row_of(how.vector));
}

Row directly(Operation operation, const Row& h, const Row& v, double m) {
  const Row u = sum_of(1 / length(v), v, 0, v);
  if (operation == Operation::project_out) {
    return sum_of(1, h, -m * dot(h, u), u);
  }
  if (operation == Operation::add_keep_norm) {
    const Row sum = sum_of(1, h, m, v);
    return sum_of(length(h) / length(sum), sum, 0, sum);
  }
  const Row rest = sum_of(1, h, -dot(h, u), u);
  const double angle =
      std::atan2(length(rest), dot(h, u)) - m * std::numbers::pi / 180;
  return sum_of(length(h) * std::cos(angle), u,
                length(h) * std::sin(angle) / length(rest), rest);
}

// The logits of match and other at the last token of a whole pass, whose rows
// are changed where they are steered.
at::Tensor hooked(const Transformer& model, const ContrastTokens& item,
                  const Steering& how) {
  const at::Tensor last = clean_pass(
      model, item, model.architecture().n_layers - 1,
      [&](const BlockState& state) {
        if (state.block != how.layer) return;
        for (std::int64_t i = item.steer_from; i < state.residual.size(0);
             ++i) {
          at::Tensor row = state.residual[i];
          row.copy_(at::tensor(
              how.feature ? clamped_directly(how, row_of(row))
                          : directly(how.operation, row_of(row),
                                     row_of(how.vector), how.multiplier),
              at::kDouble));
        }
      });
  const at::Tensor logits = model.logits(last.slice(0, -1))[0];
  return at::stack({logits[item.token_match], logits[item.token_other]});
}

std::vector<ContrastTokens> some_items(std::int64_t d_vocab) {
  std::vector<ContrastTokens> items;
  for (const std::int32_t n : {9, 5, 12}) {
    ContrastTokens item;
    for (std::int32_t i = 0; i < n; ++i) {
      item.shared.push_back(
          static_cast<std::int32_t>((7 * i * i + 3 * n + 1) % d_vocab));
    }
    item.token_match = 3;
    item.token_other = 7;
    item.steer_from = n / 2;
    items.push_back(item);
  }
  return items;
}

std::vector<Steering> steerings(const Transformer& model) {
  at::manual_seed(11);
  const std::int64_t n_layers = model.architecture().n_layers;
  std::vector<Steering> all;
  for (const std::int64_t layer : {std::int64_t{0}, n_layers / 2}) {
    const at::Tensor vector =
        at::randn({model.architecture().d_model}, at::kDouble)
            .to(model.stream());
    for (const double m : {-0.5, 1.0}) {
      for (const Operation operation :
           {Operation::project_out, Operation::add_keep_norm,
            Operation::rotate}) {
        all.push_back({layer, vector,
                       operation == Operation::rotate ? 40 * m : m,
                       SignRule::fixed, operation});
      }
      // One that fires at some rows and not at others.
      const at::Tensor encoder =
          at::randn({model.architecture().d_model}, at::kDouble)
              .to(model.stream());
      for (const double value : {0.0, 3.0}) {
        all.push_back({layer, vector, m, SignRule::fixed, Operation::clamp});
        all.back().feature = {encoder, {0.5, 0.25, 1.5, 0.25}, value};
      }
    }
  }
  return all;
}

double distance(const Transformer& model) {
  const auto items = some_items(model.architecture().d_vocab);
  const auto all = steerings(model);
  const Answers found = steer(model, items, all);
  double most = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t s = 0; s < all.size(); ++s) {
      const auto cell = [&](const at::Tensor& of) {
        return of[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(s)];
      };
      const at::Tensor ours = at::stack({cell(found.match), cell(found.other)});
      most = std::max(
          most,
          (ours - hooked(model, items[i], all[s])).abs().max().item<double>());
    }
  }
  return most;
}

}  // namespace

TEST_CASE("operations by reuse are hooks with their formulas, in every family",
          "[reference][operations]") {
  const at::NoGradGuard no_gradients;
  set_threads(1);
  int checked = 0;
  for (const auto& folder : tests::cases("models", "meta.json")) {
    if (!std::filesystem::exists(folder / "config.json") ||
        tests::read_json(folder / "meta.json").contains("gguf_sha256")) {
      continue;  // no toy
    }
    const std::string name = folder.filename().string();
    const std::string path = folder.string();
    CHECK(tests::within(name + " operations in float64",
                        distance(load_model({path, "", ComputeType::float64})),
                        kFloat64));
    CHECK(tests::within(name + " operations",
                        distance(load_model({path, "", ComputeType::float32})),
                        kFloat32));
    ++checked;
  }
  CHECK(checked >= 2);
}

TEST_CASE("operations on SmolLM2 are hooks with their formulas",
          "[reference][operations]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto path = tests::find_model(tests::kSmolLm2);
  if (!path) {
    tests::skip("operations", "SmolLM2's GGUF file is not here");
    return;
  }
  CHECK(tests::within("SmolLM2 operations",
                      distance(load_model({*path, "", ComputeType::float32})),
                      kSmolLm2Float32));
}
