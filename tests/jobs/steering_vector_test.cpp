#include "jobs/steering/steering_vector.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/tensor_array.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<ContrastTokens> pairs(const tests::ToyModel& toy, int n) {
  std::vector<ContrastTokens> out;
  for (int i = 0; i < n; ++i) {
    out.push_back(locate({"item " + std::to_string(i * 7), 0}, "+", "-",
                         *toy.header.tokenizer, PositionRule{}));
  }
  return out;
}

TaskOutput extract_some(const tests::ToyModel& toy,
                        std::vector<ContrastTokens> some, bool keep = true) {
  ExtractTask task;
  task.pairs = std::move(some);
  task.layers = {2, 0};
  task.keep_activations = keep;
  return extract(task, toy.model);
}

at::Tensor get(const storage::ArrayMap& arrays, const char* name) {
  return to_tensor(arrays.at(name));
}

}  // namespace

TEST_CASE("a vector is the mean difference of what was read",
          "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  const auto all = pairs(toy, 21);
  const TaskOutput first = extract_some(toy, {all.begin(), all.begin() + 18});
  const TaskOutput second = extract_some(toy, {all.begin() + 18, all.end()});
  const TaskOutput merged =
      merge_vectors(VectorTask{2}, {first.result, second.result});
  const at::Tensor activations =
      at::cat({get(first.bulk, "activations"), get(second.bulk, "activations")},
              1)
          .to(at::kDouble);
  REQUIRE(activations.sizes() == at::IntArrayRef({2, 21, 2, 32}));
  const at::Tensor expected =
      (activations.select(2, 0) - activations.select(2, 1)).mean(1);
  CHECK((get(merged.result, "vector") - expected).abs().max().item<double>() <
        1e-6);
  CHECK((get(merged.result, "positive_mean") - activations.select(2, 0).mean(1))
            .abs()
            .max()
            .item<double>() < 1e-12);
  CHECK(get(merged.result, "n_pairs").item<std::int64_t>() == 21);
  // Each layer has a median of its own, over both sides of every pair.
  const at::Tensor norms = activations.norm(2, {-1});
  for (const int layer : {0, 1}) {
    const at::Tensor sorted = std::get<0>(norms[layer].flatten().sort());
    const double median =
        0.5 * (sorted[20].item<double>() + sorted[21].item<double>());
    CHECK(get(merged.result, "median_norm")[layer].item<double>() ==
          Approx(median).epsilon(1e-6));
  }
}

TEST_CASE("norms above five medians do not count as a dose",
          "[jobs][steering_vector]") {
  const std::vector<float> norms{1, 2, 3, 4, 1000, 2};  // [3, 2, 1]
  const std::vector<double> zero(4, 0.0);
  storage::ArrayMap input{
      {"norms", storage::make_array(std::span<const float>(norms), {3, 2, 1})}};
  for (const char* name : {"positive_sum", "negative_sum", "difference_sum"}) {
    input[name] = storage::make_array(std::span<const double>(zero), {1, 4});
  }
  const TaskOutput merged = merge_vectors(VectorTask{1}, {input});
  // 1 2 2 3 4 without the sink.
  CHECK(get(merged.result, "median_norm").item<double>() == 2.0);
}

TEST_CASE("activations are kept only if asked for", "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  CHECK(extract_some(toy, pairs(toy, 2), false).bulk.empty());
}
