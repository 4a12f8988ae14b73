// shape DEVICE SHAPE: what a model of a known shape and random weights computes
// a second, beside the rate of one large matrix product on the same device, as
// one JSON object. DEVICE: cuda, cpu. SHAPE: gemma-2-2b, the same without
// soft-caps (gemma-2-2b-uncapped, whose prompts take the library's attention),
// or tiny, to try this out.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "jobs/cost/task_cost.hpp"
#include "jobs/device/device.hpp"
#include "jobs/device/device_memory.hpp"
#include "jobs/steering/clean_start.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "tests/support/seconds_of.hpp"

using namespace coxswain::jobs;
using coxswain::tests::seconds_of;
using nlohmann::json;

namespace {

Architecture gemma_2_2b() {
  Architecture a;
  a.family = "gemma2";
  a.n_layers = 26;
  a.d_model = 2304;
  a.n_heads = 8;
  a.n_kv_heads = 4;
  a.d_head = a.rotary_dims = 256;
  a.d_mlp = 9216;
  a.d_vocab = 256000;
  a.n_ctx = 8192;
  a.norm_epsilon = 1e-6;
  a.output_norms = true;
  a.activation = Activation::gelu_tanh;
  for (std::int64_t block = 0; block < a.n_layers; ++block) {
    a.windows.push_back(block % 2 == 0 ? 4096 : 0);
  }
  a.attention_scale = 1.0 / 16;
  a.attention_softcap = 50;
  a.final_softcap = 30;
  a.embedding_scale = 48;
  a.tied_unembedding = true;
  return a;
}

// What a case is made of.
struct Shape {
  Architecture model;
  std::int64_t product = 8192;  // rows and columns of the measured product
  std::int64_t prompt = 120;    // tokens
  std::size_t items = 32;       // of a clean pass
  std::size_t steered = 4;      // of the grid
  int multipliers = 21, variants = 3;
};

Shape shape_named(const std::string& name) {
  Shape shape{gemma_2_2b()};
  if (name == "gemma-2-2b") return shape;
  shape.model.attention_softcap = 0;
  if (name == "gemma-2-2b-uncapped") return shape;
  if (name != "tiny") throw std::runtime_error("no shape " + name);
  shape.model.n_layers = 3;
  shape.model.windows.resize(3);
  shape.model.d_model = 128;
  shape.model.d_head = shape.model.rotary_dims = 32;
  shape.model.d_mlp = 512;
  shape.model.d_vocab = 1000;
  shape.product = 512;
  shape.items = 4;
  shape.multipliers = 3;
  return shape;
}

Weights random_weights(const Architecture& a, at::ScalarType kind,
                       at::Device device) {
  const auto matrix = [&](std::int64_t rows, std::int64_t columns) {
    return at::randn({rows, columns}, at::TensorOptions(device).dtype(kind))
        .mul_(0.02);
  };
  const auto gain = [&] {
    return NormWeights{at::ones({a.d_model}, at::TensorOptions(device)), {}};
  };
  const std::int64_t heads = a.n_heads * a.d_head;
  Weights w;
  w.embedding = w.unembedding = matrix(a.d_vocab, a.d_model);
  w.final_norm = gain();
  for (std::int64_t i = 0; i < a.n_layers; ++i) {
    BlockWeights block;
    block.attention_norm = gain();
    block.qkv = {matrix(heads + 2 * a.n_kv_heads * a.d_head, a.d_model), {}};
    block.attention_output = {matrix(a.d_model, heads), {}};
    block.attention_output_norm = gain();
    block.mlp_norm = gain();
    block.gate_up = {matrix(2 * a.d_mlp, a.d_model), {}};
    block.down = {matrix(a.d_model, a.d_mlp), {}};
    block.mlp_output_norm = gain();
    w.blocks.push_back(std::move(block));
  }
  return w;
}

std::vector<ContrastTokens> items_of(const Shape& shape, std::size_t n) {
  std::vector<ContrastTokens> items(n);
  std::int32_t token = 7;
  for (ContrastTokens& item : items) {
    for (std::int64_t i = 0; i < shape.prompt; ++i) {
      token = (token * 29 + 11) % 997;
      item.shared.push_back(token);
    }
    item.token_match = 5;
    item.token_other = 6;
    item.letter_sign = 1;
    item.steer_from = static_cast<std::int32_t>(shape.prompt - 2);
  }
  return items;
}

// The best of three, after one that is not counted.
double best_seconds(at::Device device, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 4; ++i) {
    const double took = seconds_of([&] {
      work();
      wait_for(device);
    });
    if (i > 0) best = std::min(best, took);
  }
  return best;
}

// One product of the weight kind, FLOP/s.
double product_rate(const Shape& shape, at::ScalarType kind,
                    at::Device device) {
  const at::Tensor a = at::randn({shape.product, shape.product},
                                 at::TensorOptions(device).dtype(kind));
  at::Tensor out = at::empty_like(a);
  constexpr int kTimes = 10;
  const double seconds = best_seconds(device, [&] {
    for (int i = 0; i < kTimes; ++i) at::mm_out(out, a, a);
  });
  const auto n = static_cast<double>(shape.product);
  return kTimes * 2 * n * n * n / seconds;
}

class Measured {
 public:
  Measured(const Shape& shape, ComputeType compute, at::Device device)
      : shape_(shape),
        device_(device),
        rate_(product_rate(shape, weight_kind(compute), device)),
        model_(shape.model,
               random_weights(shape.model, weight_kind(compute), device)) {
    task_.model.compute = compute;
    task_.letter_mass = false;
  }

  json all() {
    return {{"product_TFLOP_per_s", rate_ / 1e12},
            {"extraction", extraction()},
            {"clean_pass", clean_pass()},
            {"evaluation", evaluation(large_grid())},
            {"evaluation_of_7_cells", evaluation(small_grid())},
            {"evaluation_by_any_kernels", by_any_kernels()}};
  }

 private:
  json report(double flops, double seconds) const {
    return {{"TFLOP", flops / 1e12},
            {"seconds", seconds},
            {"TFLOP_per_s", flops / seconds / 1e12},
            {"of_product", flops / seconds / rate_}};
  }

  json extraction() {
    ExtractTask task;
    task.model = task_.model;
    task.pairs = items_of(shape_, shape_.items);
    for (std::int32_t i = 0; i < shape_.model.n_layers; ++i) {
      task.layers.push_back(i);
    }
    const double seconds =
        best_seconds(device_, [&] { extract(task, model_); });
    return report(cost_of(task, shape_.model).flops, seconds);
  }

  json clean_pass() {
    task_.items = items_of(shape_, shape_.items);
    const double seconds = best_seconds(
        device_, [&] { CleanStart(model_, task_.items, {10 % last()}); });
    return report(cost_of(task_, shape_.model).flops, seconds);
  }

  struct Grid {
    std::vector<std::int32_t> layers;
    int multipliers = 1, variants = 1;
    std::size_t items = 1;
  };

  Grid large_grid() const {
    Grid grid{{}, shape_.multipliers, shape_.variants, shape_.steered};
    for (std::int32_t i = 0; i <= last(); ++i) grid.layers.push_back(i);
    return grid;
  }

  // Seven cells: what they take is what launching operations takes, where that
  // is more than computing.
  Grid small_grid() const { return {{last() / 2}, 7, 1, 1}; }

  json evaluation(const Grid& grid) {
    EvaluateTask task = task_;
    task.items = items_of(shape_, grid.items);
    std::vector<Steering> steerings;
    for (int m = 0; m < grid.multipliers; ++m) {
      task.multipliers.push_back(m + 1);
    }
    for (const std::int32_t layer : grid.layers) {
      for (int v = 0; v < grid.variants; ++v) {
        const at::Tensor vector = at::randn({shape_.model.d_model});
        task.variants.push_back({0, 0, layer, {}});
        for (const double m : task.multipliers) {
          steerings.push_back({layer, vector, m, {}});
        }
      }
    }
    PhaseTimes times;
    std::vector<Answers> answers;
    const double seconds = best_seconds(device_, [&] {
      times.clear();
      answers.push_back(steer(model_, task.items, steerings,
                              {Vocabulary::left_out, &times, {}}));
    });
    const double cells =
        static_cast<double>(steerings.size() * task.items.size());
    json found = report(cost_of(task, shape_.model).flops, seconds);
    found["cells"] = cells;
    found["cells_per_s"] = cells / seconds;
    found["phases_s"] = times;
    bool same = true;
    for (const Answers& one : answers) {
      same = same && at::equal(one.match, answers[0].match) &&
             at::equal(one.other, answers[0].other);
    }
    found["same_bits"] = same;
    return found;
  }

  // What the promise of equal bits costs: the same without it. cuBLAS keeps the
  // workspaces that it has.
  json by_any_kernels() {
    at::globalContext().setDeterministicAlgorithms(false, false);
    json found = evaluation(large_grid());
    at::globalContext().setDeterministicAlgorithms(true, false);
    return found;
  }

  std::int32_t last() const {
    return static_cast<std::int32_t>(shape_.model.n_layers) - 1;
  }

  const Shape& shape_;
  at::Device device_;
  double rate_;
  Transformer model_;
  EvaluateTask task_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: shape cuda|cpu SHAPE\n");
    return 2;
  }
  const at::NoGradGuard no_gradients;
  const bool gpu = std::string(argv[1]) == "cuda";
  const DeviceKind kind = gpu ? DeviceKind::cuda : DeviceKind::cpu;
  const at::Device device = gpu ? at::kCUDA : at::kCPU;
  prepare_environment();
  prepare(kind);
  at::manual_seed(1);
  const Shape shape = shape_named(argv[2]);
  json all{{"shape", argv[2]}, {"numerics", numerics_description(1, kind)}};
  all["bfloat16"] = Measured(shape, ComputeType::bfloat16, device).all();
  all["float32"] = Measured(shape, ComputeType::float32, device).all();
  std::printf("%s\n", all.dump(2).c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "shape: %s\n", error.what());
  return 1;
}
