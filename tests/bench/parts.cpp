// parts [--benchmark_filter=...]: what a sweep does beside the forward pass
// (bench_forward), on made-up numbers.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>

#include "analysis/measures/report_source.hpp"
#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/device.hpp"
#include "jobs/model/attention.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/results/results_file.hpp"
#include "tests/support/empty_arrays.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kVectors = 64;

void tokenizer(benchmark::State& state) {
  const ModelHeader header = read_model_header(COXSWAIN_MODEL);
  const std::string text =
      tests::read_file(
          COXSWAIN_SOURCE_DIR
          "/examples/first_light/data/corrigible-neutral-HHH.jsonl")
          .substr(0, 20000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(header.tokenizer->encode(text));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(text.size()));
}

// Steered cells of one item of SmolLM2's heads, 2 rows each, over 150 keys.
void attention(benchmark::State& state) {
  set_threads(1);
  const at::NoGradGuard no_gradients;
  const auto kind = state.range(0) == 0 ? at::kFloat : at::kBFloat16;
  constexpr std::int64_t kCells = 512, kRows = 2, kKeys = 150;
  const auto heads = [&](std::int64_t n, std::int64_t count) {
    return at::randn({n, count, 64});
  };
  const Projections own{heads(kCells * kRows, 9),
                        heads(kCells * kRows, 3).to(kind),
                        heads(kCells * kRows, 3).to(kind)};
  const KeyRows seen{heads(kKeys, 3).to(kind), heads(kKeys, 3).to(kind)};
  AttentionGroup group{{{0, kKeys}}, {}, kRows, 0};
  for (std::int64_t i = 0; i < kCells; ++i) group.cells.push_back(i * kRows);
  const AttentionLayout layout({group}, kCells * kRows, {0},
                               own.keys.options());
  for (auto _ : state) {
    benchmark::DoNotOptimize(attend(own, seen, layout, {}));
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(4.0 * kCells * kRows * 9 * 64 * (kKeys + 1.5) / 1e9,
                         benchmark::Counter::kIsIterationInvariantRate);
}

const SparseAutoencoder& sae_of(std::int64_t d_sae) {
  static std::map<std::int64_t, std::unique_ptr<SparseAutoencoder>> all;
  auto& one = all[d_sae];
  if (!one) {
    const tests::Scratch scratch;
    tests::write_toy_sae(scratch.file("sae"), 576, d_sae);
    one = std::make_unique<SparseAutoencoder>(
        read_or_stream_sae(scratch.file("sae"), {}));
  }
  return *one;
}

void sae_encode(benchmark::State& state) {
  set_threads(1);
  const at::NoGradGuard no_gradients;
  const SparseAutoencoder& sae = sae_of(state.range(0));
  const at::Tensor x = at::randn({kVectors, 576});
  for (auto _ : state) {
    EncoderPass pass(sae);
    pass.encode(x, true);
    pass.run();
  }
  state.counters["GFLOP/s"] = benchmark::Counter(
      2.0 * kVectors * 576 * static_cast<double>(state.range(0)) / 1e9,
      benchmark::Counter::kIsIterationInvariantRate);
}

// 32 atoms of 64 vectors.
void omp(benchmark::State& state) {
  set_threads(1);
  const at::NoGradGuard no_gradients;
  const SaeDictionary dictionary(sae_of(state.range(0)).W_dec);
  const at::Tensor x = at::randn({kVectors, 576}, at::kDouble);
  for (auto _ : state) {
    benchmark::DoNotOptimize(matching_pursuit(dictionary, x, 32, 0));
  }
}

// Rows of tables/propensity: 50 items, 7 multipliers, as many variants as it
// takes.
storage::Results propensities(std::int64_t rows) {
  storage::Results results;
  results.behaviours.resize(1);
  results.vectors.resize(1);
  results.items.resize(50);
  for (std::int32_t i = 0; i < 50; ++i) {
    results.items[static_cast<std::size_t>(i)].matching_letter = {
        i % 2 == 0 ? "A" : "B"};
    results.items[static_cast<std::size_t>(i)].cluster = i;
  }
  for (std::int32_t variant = 0; variant * 350 < rows; ++variant) {
    results.variants.emplace_back().id = variant;
    results.variants.back().vector = 0;
    for (std::int32_t i = 0; i < 350; ++i) {
      storage::PropensityRow row;
      row.variant = variant;
      row.item = i / 7;
      row.multiplier = i % 7 - 3;
      row.logit_match = static_cast<float>(i % 11);
      results.propensity.push_back(row);
    }
  }
  // One number a vector; no decompositions.
  const auto array = [&](const char* name, std::size_t n) {
    results.arrays[name] = {storage::DType::f32,
                            {static_cast<std::int64_t>(n), 1},
                            std::string(n * 4, '\0')};
  };
  for (const char* name : {"vectors", "positive_mean", "negative_mean"}) {
    array(name, 1);
  }
  array("variant_vectors", results.variants.size());
  tests::add_empty_arrays(results);
  return results;
}

void table_append(benchmark::State& state) {
  const storage::Results results = propensities(state.range(0));
  const tests::Scratch scratch;
  for (auto _ : state) {
    storage::ResultsWriter writer(scratch.file("results.h5"));
    writer.write(results);
    writer.finish();
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(results.propensity));
}

void slopes_and_intervals(benchmark::State& state) {
  const storage::Results results = propensities(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(analysis::report_source(results));
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(results.propensity));
}

BENCHMARK(tokenizer)->Unit(benchmark::kMillisecond);
BENCHMARK(attention)
    ->ArgName("bfloat16")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(sae_encode)
    ->ArgName("d_sae")
    ->RangeMultiplier(2)
    ->Range(8192, 32768)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(omp)
    ->ArgName("d_sae")
    ->RangeMultiplier(2)
    ->Range(8192, 16384)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(table_append)
    ->Arg(100000)
    ->Arg(200000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(slopes_and_intervals)
    ->Arg(100000)
    ->Arg(200000)
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
