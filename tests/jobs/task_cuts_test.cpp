// What is summed or kept over pairs, texts and requests does not depend on how
// tasks cut them, on their order, nor on threads.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "jobs/device/exact_sums.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/norm_histogram.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/observation/top_contexts.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/string_activations.hpp"
#include "jobs/steering/variants.hpp"
#include "jobs/task/activity_result.hpp"
#include "jobs/task/result_reader.hpp"
#include "tests/support/same_bytes.hpp"
#include "tests/support/toy_model.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using tests::differing;

namespace {

constexpr std::int64_t kPairs = 29, kFeatures = 300;

// Cuts n into parts of these sizes, in turn.
std::vector<std::size_t> cuts(std::size_t n, std::vector<std::size_t> sizes) {
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; n > 0; ++i) {
    parts.push_back(std::min(n, sizes[i % sizes.size()]));
    n -= parts.back();
  }
  return parts;
}
const std::vector<std::vector<std::size_t>> kSizes{{1}, {3, 11}, {100}, {16}};

template <class T>
std::vector<T> part(const std::vector<T>& all, std::size_t first,
                    std::size_t n) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(n)};
}

struct Subject {
  Subject() {
    tests::write_toy_sae(scratch.path(), toy.header.architecture.d_model,
                         kFeatures);
    sae = load_sae(scratch.path());
    std::mt19937 random(5);
    for (std::int64_t i = 0; i < kPairs; ++i) {
      const Prompt prompt{"item " + std::to_string(7 * i), 0};
      pairs.push_back(
          locate(prompt, "+", "-", *toy.header.tokenizer, PositionRule{}));
      pairs.back().letter_sign = static_cast<std::int8_t>(i % 3 - 1);
      std::vector<std::int32_t>& text = texts.emplace_back();
      for (std::int64_t n = 0; n < 3 + i % 9; ++n) {
        text.push_back(static_cast<std::int32_t>(random() % 40 + 1));
      }
    }
  }

  tests::ToyModel toy{ComputeType::float32};
  tests::Scratch scratch;
  SparseAutoencoder sae;
  std::vector<ContrastTokens> pairs;
  std::vector<std::vector<std::int32_t>> texts;
};

// Extract tasks of so many pairs each.
std::vector<TaskOutput> extracted(const Subject& s,
                                  const std::vector<std::size_t>& sizes) {
  std::vector<TaskOutput> all;
  std::size_t first = 0;
  for (const std::size_t n : cuts(s.pairs.size(), sizes)) {
    ExtractTask task;
    task.pairs = part(s.pairs, first, n);
    task.layers = {0, 2};
    task.keep_activations = true;
    all.push_back(extract(task, s.toy.model));
    first += n;
  }
  return all;
}

std::vector<storage::ArrayMap> results(const std::vector<TaskOutput>& tasks) {
  std::vector<storage::ArrayMap> all;
  for (const TaskOutput& one : tasks) all.push_back(one.result);
  return all;
}
std::vector<storage::ArrayMap> bulks(const std::vector<TaskOutput>& tasks) {
  std::vector<storage::ArrayMap> all;
  for (const TaskOutput& one : tasks) all.push_back(one.bulk);
  return all;
}

}  // namespace

TEST_CASE("vectors do not depend on how pairs are cut into tasks",
          "[jobs][task_cuts]") {
  const Subject s;
  const auto whole = extracted(s, {100});
  const TaskOutput vector = merge_vectors(VectorTask{2}, results(whole));
  const auto activations = pair_activations(bulks(whole), 0, 1, 1);
  tests::with_threads([&](int threads) {
    for (const auto& sizes : kSizes) {
      INFO(threads << " threads, tasks of " << sizes[0]);
      auto tasks = extracted(s, sizes);
      const auto again = pair_activations(bulks(tasks), 0, tasks.size(), 1);
      CHECK(tests::same_bytes(again.positive, activations.positive));
      CHECK(tests::same_bytes(again.negative, activations.negative));
      CHECK(differing(merge_vectors(VectorTask{2}, results(tasks)).result,
                      vector.result)
                .empty());
      std::reverse(tasks.begin(), tasks.end());
      CHECK(differing(merge_vectors(VectorTask{2}, results(tasks)).result,
                      vector.result)
                .empty());
    }
  });
}

namespace {

// Observe tasks of so many texts each, put together.
storage::ArrayMap observed(const Subject& s,
                           const std::vector<std::size_t>& sizes) {
  std::vector<NormHistogram> all(4);
  std::size_t first = 0;
  for (const std::size_t n : cuts(s.texts.size(), sizes)) {
    const ObserveTask task{s.toy.source, part(s.texts, first, n), {1, 2}};
    const auto some =
        to_histograms(observe(task, s.toy.model).result, "observe");
    for (std::size_t i = 0; i < all.size(); ++i) all[i].add(some.at(i));
    first += n;
  }
  return to_arrays(all);
}

// What activity tasks of so many texts each have in all.
storage::ArrayMap active(const Subject& s,
                         const std::vector<std::size_t>& sizes) {
  namespace result = activity_result;
  ExactSums codes(2 * kFeatures, result::kSumUnit, at::kCPU);
  ExactSums projections(2 * kFeatures, result::kSumUnit, at::kCPU);
  ExactSums squares(2 * kFeatures, result::kSquareUnit, at::kCPU);
  at::Tensor fired = at::zeros({2, kFeatures}, at::kLong), most;
  TopContexts contexts(kFeatures, 3);
  std::size_t first = 0;
  for (const std::size_t n : cuts(s.texts.size(), sizes)) {
    ActivityTask task;
    task.texts = part(s.texts, first, n);
    task.layer = 2;
    task.contexts = 3;
    const auto one =
        feature_activity(task, {}, s.sae, [&]() -> const Transformer& {
          return s.toy.model;
        }).result;
    const auto of = [&](const char* name) { return to_tensor(one.at(name)); };
    codes.add_parts(of("code_sum").flatten(1));
    projections.add_parts(of("projection_sum").flatten(1));
    squares.add_parts(of("projection_squares").flatten(1));
    fired.add_(of("active"));
    most =
        most.defined() ? at::maximum(most, of("code_most")) : of("code_most");
    const auto places = read_rows(one, result::kContextPlaces, "activity");
    const at::Tensor values = of("context_values").flatten();
    for (std::size_t i = 0; i < places.size(); ++i) {
      contexts.add(static_cast<std::int64_t>(i) / 3,
                   values[static_cast<std::int64_t>(i)].item<float>(),
                   {static_cast<std::int32_t>(first) + places[i].text,
                    places[i].position});
    }
    first += n;
  }
  storage::ArrayMap all{{"codes", to_array(codes.parts("codes"))},
                        {"projections", to_array(projections.parts("x"))},
                        {"squares", to_array(squares.parts("x"))},
                        {"fired", to_array(fired)},
                        {"most", to_array(most)}};
  contexts.keep(all);
  return all;
}

// Activations of store tasks of so many pairs each, layer after layer.
at::Tensor stored(const Subject& s, const std::vector<std::size_t>& sizes) {
  std::vector<at::Tensor> all;
  std::size_t first = 0;
  for (const std::size_t n : cuts(s.texts.size() - 1, sizes)) {
    StoreTask task;
    task.layers = {0, 2};
    for (std::size_t i = first; i < first + n; ++i) {
      task.pairs.push_back({s.texts[i], {5}, {9}, 0});
    }
    all.push_back(to_tensor(
        string_activations(task, s.toy.model).bulk.at("activations")));
    first += n;
  }
  return at::cat(all, 1);
}

}  // namespace

TEST_CASE("norms of texts do not depend on how these are cut into tasks",
          "[jobs][task_cuts]") {
  const Subject s;
  const storage::ArrayMap whole = observed(s, {100});
  tests::with_threads([&](int threads) {
    for (const auto& sizes : kSizes) {
      INFO(threads << " threads, tasks of " << sizes[0]);
      CHECK(differing(observed(s, sizes), whole).empty());
    }
  });
}

TEST_CASE("features' statistics do not depend on how texts are cut into tasks",
          "[jobs][task_cuts]") {
  const Subject s;
  const storage::ArrayMap whole = active(s, {100});
  CHECK(to_tensor(whole.at("fired")).any().item<bool>());
  tests::with_threads([&](int threads) {
    for (const auto& sizes : kSizes) {
      INFO(threads << " threads, tasks of " << sizes[0]);
      CHECK(differing(active(s, sizes), whole).empty());
    }
  });
}

TEST_CASE("features' statistics of pairs do not depend on extract tasks",
          "[jobs][task_cuts]") {
  const Subject s;
  ActivityTask task;
  task.layer = 1;
  const auto of = [&](const std::vector<TaskOutput>& tasks) {
    return feature_activity(task, bulks(tasks), s.sae,
                            [&]() -> const Transformer& { return s.toy.model; })
        .result;
  };
  const storage::ArrayMap whole = of(extracted(s, {100}));
  tests::with_threads([&](int) {
    CHECK(differing(of(extracted(s, {3, 11})), whole).empty());
  });
}

TEST_CASE("stored activations do not depend on the pairs beside them",
          "[jobs][task_cuts]") {
  const Subject s;
  const at::Tensor whole = stored(s, {100});
  tests::with_threads([&](int threads) {
    for (const auto& sizes : kSizes) {
      INFO(threads << " threads, tasks of " << sizes[0]);
      CHECK(tests::same_bytes(stored(s, sizes), whole));
    }
  });
}

TEST_CASE("a variant's vector is its own", "[jobs][task_cuts]") {
  const Subject s;
  const auto tasks = extracted(s, {16});
  const storage::ArrayMap vector =
      merge_vectors(VectorTask{2}, results(tasks)).result;
  const auto inputs_of = [&](const std::vector<TaskOutput>& cut) {
    std::vector<storage::ArrayMap> inputs{vector};
    for (const TaskOutput& one : cut) inputs.push_back(one.bulk);
    return inputs;
  };
  VariantsTask task;
  for (std::int32_t i = 0; i < kPairs; ++i) {
    task.clusters.push_back({i / 2, i / 2 % 2});
  }
  for (const auto source : {VariantSource::original, VariantSource::random,
                            VariantSource::covariance, VariantSource::shuffled,
                            VariantSource::balanced, VariantSource::letter}) {
    for (const auto dose : {DoseRule::raw, DoseRule::residual_fraction}) {
      VariantRequest& one = task.requests.emplace_back();
      one.source = source;
      one.dose_rule = dose;
      one.vector_layer = dose == DoseRule::raw ? 0 : 1;
      one.random_key = {1, static_cast<std::uint64_t>(task.requests.size())};
    }
  }
  const auto make = [&](const std::vector<std::size_t>& which,
                        const std::vector<TaskOutput>& cut) {
    VariantsTask of = task;
    of.n_extracts = static_cast<std::int32_t>(cut.size());
    of.requests.clear();
    for (const std::size_t i : which) of.requests.push_back(task.requests[i]);
    return make_variants(of, inputs_of(cut),
                         [&]() -> const Transformer& { return s.toy.model; })
        .result;
  };
  std::vector<std::size_t> order(task.requests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const storage::ArrayMap all = make(order, tasks);
  const auto row_of = [](const storage::ArrayMap& of, const char* name,
                         std::size_t i) {
    return to_tensor(of.at(name))[static_cast<std::int64_t>(i)].clone();
  };
  tests::with_threads([&](int) {
    CHECK(differing(make(order, extracted(s, {3, 11})), all).empty());
    for (const std::size_t i : order) {
      const storage::ArrayMap alone = make({i}, tasks);
      for (const char* name : {"vectors", "norm", "cosine"}) {
        INFO(name << " of request " << i);
        CHECK(tests::same_bytes(row_of(alone, name, 0), row_of(all, name, i)));
      }
    }
  });
}
