// forward [--benchmark_filter=...]: what the pieces of an evaluation cost on a
// real model, each beside the rate of the matrix products that it is made of,
// measured on the same shapes in the same process. COXSWAIN_MODELS has the
// model's folder; OPENBLAS_NUM_THREADS and the like should be unset.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

#include <map>
#include <memory>

#include "jobs/cost/task_cost.hpp"
#include "jobs/device/blas.hpp"
#include "jobs/device/device.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/steering/clean_start.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "storage/texts/contrast_pairs.hpp"
#include "tests/support/seconds_of.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using tests::seconds_of;

namespace {

constexpr const char* kData = COXSWAIN_SOURCE_DIR
    "/examples/first_light/data/corrigible-neutral-HHH.jsonl";
constexpr const char* kSystem =
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

struct Subject {
  ModelHeader header;
  Transformer model;
  Behaviour behaviour;
};

const Subject& subject(ComputeType compute) {
  static std::map<ComputeType, std::unique_ptr<Subject>> subjects;
  std::unique_ptr<Subject>& one = subjects[compute];
  if (!one) {
    ModelHeader header = read_model_header(COXSWAIN_MODEL);
    BehaviourRules rules;
    rules.chat_template = *template_of("chatml");
    rules.system = kSystem;
    rules.positions = *position_rule_named("from_last_prompt_token");
    rules.train_items = 64;
    rules.test_items = 16;
    Behaviour behaviour = prepare_behaviour(storage::read_contrast_pairs(kData),
                                            rules, header, "data");
    one = std::make_unique<Subject>(
        Subject{std::move(header), load_model({COXSWAIN_MODEL, "", compute}),
                std::move(behaviour)});
  }
  return *one;
}

std::vector<ContrastTokens> tokens_of(const std::vector<BehaviourItem>& items) {
  std::vector<ContrastTokens> tokens;
  for (const BehaviourItem& item : items) tokens.push_back(item.tokens);
  return tokens;
}

// One block's products, `rows` at a time, as the library makes them and as the
// model does. Measured before and after what they are held against, as a mean
// like that: other programs' share of the machine changes within seconds.
class Products {
 public:
  Products(const Transformer& model, std::int64_t rows) {
    const Architecture& a = model.architecture();
    const std::int64_t heads = a.n_heads * a.d_head;
    const std::int64_t shapes[][2] = {
        {a.d_model, heads + 2 * a.n_kv_heads * a.d_head},
        {heads, a.d_model},
        {a.d_model, 2 * a.d_mlp},
        {a.d_mlp, a.d_model}};
    const at::ScalarType kind = model.weights().embedding.scalar_type();
    for (const auto& [in, out] : shapes) {
      const at::Tensor weight = at::randn({out, in}).to(kind);
      products_.push_back(
          {at::randn({rows, in}).to(kind), weight, Linear(weight, {})});
    }
    run();
  }

  void run() {
    double all = 0;
    while (all < 2) {
      for (Product& one : products_) {
        at::Tensor target =
            at::empty({one.x.size(0), one.weight.size(0)}, one.x.options());
        const double library =
            seconds_of([&] { at::mm_out(target, one.x, one.weight.t()); });
        const double own = seconds_of(
            [&] { benchmark::DoNotOptimize(one.map.product(one.x)); });
        one.library += library;
        one.own += own;
        all += library + own;
      }
      ++rounds_;
    }
  }

  // Operations a second, each product by what is faster at it.
  double rate() const {
    double seconds = 0, flops = 0;
    for (const Product& one : products_) {
      seconds += std::min(one.library, one.own);
      flops += 2.0 * rounds_ * static_cast<double>(one.x.size(0)) *
               static_cast<double>(one.weight.numel());
    }
    return flops / seconds;
  }

 private:
  struct Product {
    at::Tensor x, weight;
    Linear map;
    double library = 0, own = 0;  // seconds
  };
  std::vector<Product> products_;
  double rounds_ = 0;
};

void report(benchmark::State& state, Products& products, double flops) {
  products.run();
  const double rate = products.rate();
  state.counters["GFLOP"] = flops / 1e9;
  state.counters["GFLOP/s"] = benchmark::Counter(
      flops / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of_products"] = benchmark::Counter(
      flops / rate, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["products_GFLOP/s"] = rate / 1e9;
}

// What all take from their arguments: compute type and threads.
struct Setting {
  explicit Setting(const benchmark::State& state)
      : compute(static_cast<ComputeType>(state.range(0))), s(subject(compute)) {
    set_threads(static_cast<int>(state.range(1)));
  }

  const at::NoGradGuard no_gradients;
  ComputeType compute;
  const Subject& s;
};

void clean_pass_of_16(benchmark::State& state) {
  const Setting setting(state);
  const Subject& s = setting.s;
  EvaluateTask task;
  task.model.compute = setting.compute;
  task.items = tokens_of(s.behaviour.test);
  task.letter_mass = false;
  Products products(s.model, kRowsPerProduct);
  for (auto _ : state) CleanStart(s.model, task.items, {10});
  report(state, products, cost_of(task, s.model.architecture()).flops);
}

void extraction_of_64(benchmark::State& state) {
  const Setting setting(state);
  const Subject& s = setting.s;
  ExtractTask task;
  task.model.compute = setting.compute;
  task.pairs = tokens_of(s.behaviour.train);
  for (int i = 0; i < 30; ++i) task.layers.push_back(i);
  Products products(s.model, kRowsPerProduct);
  for (auto _ : state) extract(task, s.model);
  report(state, products, cost_of(task, s.model.architecture()).flops);
}

// All but the clean pass.
void cells(benchmark::State& state, const std::vector<std::int32_t>& layers,
           int variants, int multipliers, std::size_t items, bool mass) {
  const Setting setting(state);
  const Subject& s = setting.s;
  EvaluateTask task;
  task.model.compute = setting.compute;
  task.items = tokens_of(s.behaviour.test);
  task.items.resize(items);
  task.letter_mass = mass;
  EvaluateTask clean = task;
  std::vector<Steering> steerings;
  for (int m = 0; m < multipliers; ++m) task.multipliers.push_back(m + 1);
  for (const std::int32_t layer : layers) {
    for (int v = 0; v < variants; ++v) {
      task.variants.push_back({0, 0, layer, {}});
      for (const double multiplier : task.multipliers) {
        steerings.push_back({layer, at::randn({576}), multiplier, {}});
      }
    }
  }
  const Architecture& model = s.model.architecture();
  PhaseTimes times;
  Products products(s.model, kRowsPerProduct);
  for (auto _ : state) {
    state.SetIterationTime(seconds_of([&] {
      steer(s.model, task.items, steerings,
            {mass ? Vocabulary::summed : Vocabulary::left_out, &times, {}});
    }));
  }
  const double seconds = (times["cells"] + times["answers"]) /
                         static_cast<double>(state.iterations());
  const double flops = cost_of(task, model).flops - cost_of(clean, model).flops;
  products.run();
  const double rate = products.rate();
  state.counters["GFLOP"] = flops / 1e9;
  state.counters["cells_s"] = seconds;
  state.counters["GFLOP/s"] = flops / seconds / 1e9;
  state.counters["of_products"] = flops / rate / seconds;
  state.counters["products_GFLOP/s"] = rate / 1e9;
}

std::vector<std::int32_t> every(std::int32_t first, std::int32_t step) {
  std::vector<std::int32_t> layers;
  for (std::int32_t i = first; i < 30; i += step) layers.push_back(i);
  return layers;
}

void small_grid(benchmark::State& state) {
  cells(state, every(5, 5), 1, 6, 16, false);
}
void large_grid(benchmark::State& state) {
  cells(state, every(0, 1), 3, 20, 4, false);
}
void large_grid_with_letter_mass(benchmark::State& state) {
  cells(state, every(0, 1), 3, 20, 4, true);
}

// Layers, multipliers and items of an evaluation, one of them doubled at a
// time: time follows the operations.
void growth(benchmark::State& state) {
  std::vector<std::int32_t> layers;
  for (std::int32_t i = 0; i < state.range(2); ++i) {
    layers.push_back(static_cast<std::int32_t>(30 * i / state.range(2)));
  }
  cells(state, layers, 1, static_cast<int>(state.range(3)),
        static_cast<std::size_t>(state.range(4)), true);
}

void both_kinds(benchmark::internal::Benchmark* one) {
  one->ArgNames({"compute", "threads"});
  for (const auto compute : {ComputeType::float32, ComputeType::bfloat16}) {
    for (const int threads : {1, 2}) {
      one->Args({static_cast<int>(compute), threads});
    }
  }
  one->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(clean_pass_of_16)->Apply(both_kinds);
BENCHMARK(extraction_of_64)->Apply(both_kinds);
BENCHMARK(small_grid)->Apply(both_kinds);
BENCHMARK(large_grid)->Apply(both_kinds)->Iterations(1);
BENCHMARK(large_grid_with_letter_mass)->Apply(both_kinds)->Iterations(1);

BENCHMARK(growth)
    ->ArgNames({"compute", "threads", "layers", "multipliers", "items"})
    ->Args({0, 2, 5, 6, 8})
    ->Args({0, 2, 10, 6, 8})
    ->Args({0, 2, 5, 12, 8})
    ->Args({0, 2, 5, 6, 16})
    ->Args({0, 2, 10, 12, 16})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  start_with_better_blas(argv);
  keep_freed_memory();  // as an executor does
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
