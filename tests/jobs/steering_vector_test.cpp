#include "jobs/steering/steering_vector.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/device/tensor_array.hpp"
#include "tests/support/scratch.hpp"
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
  const std::vector<double> zero(8, 0.0);
  storage::ArrayMap input{
      {"norms", storage::make_array(std::span<const float>(norms), {3, 2, 1})}};
  for (const char* name : {"positive_sum", "negative_sum", "difference_sum"}) {
    input[name] = storage::make_array(std::span<const double>(zero), {2, 1, 4});
  }
  input["letter_sums"] = to_array(at::zeros({2, 2, 1, 4}, at::kDouble));
  input["n_letters"] = to_array(at::zeros({2}, at::kLong));
  const TaskOutput merged = merge_vectors(VectorTask{1}, {input});
  // 1 2 2 3 4 without the sink.
  CHECK(get(merged.result, "median_norm").item<double>() == 2.0);
}

TEST_CASE("activations are kept only if asked for", "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  CHECK(extract_some(toy, pairs(toy, 2), false).bulk.empty());
}

TEST_CASE("means over either matching letter give a balanced vector",
          "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto some = pairs(toy, 9);
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i].letter_sign = i < 2 ? -1 : 1;
  }
  some[8].letter_sign = 0;  // words, of which neither mean is made
  const TaskOutput first = extract_some(toy, {some.begin(), some.begin() + 4});
  const TaskOutput second = extract_some(toy, {some.begin() + 4, some.end()});
  const TaskOutput merged =
      merge_vectors(VectorTask{2}, {first.result, second.result});
  const at::Tensor all =
      at::cat({get(first.bulk, "activations"), get(second.bulk, "activations")},
              1)
          .to(at::kDouble);
  const at::Tensor difference = all.select(2, 0) - all.select(2, 1);
  const at::Tensor of_b = difference.narrow(1, 0, 2).mean(1);
  const at::Tensor of_a = difference.narrow(1, 2, 6).mean(1);
  const auto furthest = [&](const char* name, const at::Tensor& expected) {
    return (get(merged.result, name) - expected).abs().max().item<double>();
  };
  CHECK(furthest("balanced", (of_a + of_b) / 2) < 1e-6);
  CHECK(furthest("letter", (of_a - of_b) / 2) < 1e-6);
  CHECK(get(merged.result, "n_letters")[0].item<std::int64_t>() == 6);
  CHECK(get(merged.result, "n_letters")[1].item<std::int64_t>() == 2);
}

TEST_CASE("where a letter never matches there is no balanced vector",
          "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  const TaskOutput words = extract_some(toy, pairs(toy, 3));
  const TaskOutput merged = merge_vectors(VectorTask{2}, {words.result});
  CHECK(get(merged.result, "balanced").isnan().all().item<bool>());
  CHECK(get(merged.result, "letter").isnan().all().item<bool>());
}

TEST_CASE("a vector of one's own stands in the place of the mean",
          "[jobs][steering_vector]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto some = pairs(toy, 4);
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i].letter_sign = i < 2 ? -1 : 1;
  }
  const TaskOutput extracted = extract_some(toy, some);
  const TaskOutput means = merge_vectors(VectorTask{2}, {extracted.result});
  VectorTask task{2};
  for (int i = 0; i < 64; ++i) task.own.push_back(i / 8.0);
  const TaskOutput merged = merge_vectors(task, {extracted.result});
  const at::Tensor vector = get(merged.result, "vector");
  REQUIRE(vector.sizes() == at::IntArrayRef({2, 32}));
  CHECK(vector[1][3].item<double>() == 35 / 8.0);
  // It is of no letters; the pairs' own numbers are as ever.
  CHECK(get(merged.result, "balanced").isnan().all().item<bool>());
  CHECK(get(merged.result, "letter").isnan().all().item<bool>());
  for (const char* name : {"positive_mean", "negative_mean", "median_norm"}) {
    CHECK(get(merged.result, name).equal(get(means.result, name)));
  }

  task.own.pop_back();
  CHECK_THAT(tests::error_of([&] { merge_vectors(task, {extracted.result}); }),
             Catch::Contains("63, expected 64 numbers"));
}
