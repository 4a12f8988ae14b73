#include "jobs/steering/method_vectors.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/variants.hpp"
#include "jobs/task/evaluated_cells.hpp"
#include "jobs/task/result_slices.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"
#include "tests/support/pair_cases.hpp"
#include "tests/support/same_bytes.hpp"
#include "tests/support/toy_decomposition.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr VectorMethod kOthers[] = {
    VectorMethod::pca, VectorMethod::pca_centred, VectorMethod::logistic,
    VectorMethod::positive_mean};

VectorTask task_of(VectorMethod method, std::int64_t n_layers = 1) {
  return {n_layers, {}, method};
}

at::Tensor get(const storage::ArrayMap& arrays, const char* name) {
  return to_tensor(arrays.at(name));
}

// Bulk of extract tasks that had the rows between these numbers; two layers,
// the second twice the first.
std::vector<storage::ArrayMap> bulk_of(const at::Tensor& positive,
                                       const at::Tensor& negative,
                                       const std::vector<std::int64_t>& cuts) {
  std::vector<storage::ArrayMap> inputs;
  const at::Tensor both = at::stack({positive, negative}, 1);  // [n, 2, d]
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const at::Tensor some = both.narrow(0, cuts[i], cuts[i + 1] - cuts[i]);
    inputs.push_back(
        {{"activations", to_array(at::stack({some, some * 2}).contiguous())}});
  }
  return inputs;
}

TaskOutput vectors_of(VectorMethod method, const at::Tensor& positive,
                      const at::Tensor& negative,
                      const std::vector<std::int64_t>& cuts) {
  return merge_vectors(task_of(method, 2), bulk_of(positive, negative, cuts));
}

}  // namespace

TEST_CASE("vectors of other methods are as long as the mean difference",
          "[jobs][method_vectors]") {
  for (const tests::PairCase& one : tests::pair_cases()) {
    const std::int64_t n = one.positive.size(0);
    const auto bulk = bulk_of(one.positive, one.negative, {0, 3, n});
    const at::Tensor mean = at::stack({one.mean(), one.mean() * 2});
    const at::Tensor positive = one.positive.to(at::kDouble).mean(0);
    for (const VectorMethod method : kOthers) {
      CAPTURE(one.name, traits_of(method).name);
      const MethodVectors made = method_vectors(
          task_of(method, 2), bulk, mean, at::stack({positive, positive * 2}));
      CHECK(made.failures == std::vector<std::string>(2));
      const at::Tensor& expected = one.vectors.at(traits_of(method).name);
      CHECK((made.vectors[0] - expected).norm().item<double>() <
            1e-9 * expected.norm().item<double>());
      CHECK(made.vectors[1].norm().item<double>() ==
            Approx(2 * expected.norm().item<double>()).epsilon(1e-12));
      if (method == VectorMethod::logistic) continue;  // not of any scale
      CHECK(tests::apart(made.vectors[1], expected) < 1e-9);
    }
  }
}

TEST_CASE("a method of rows has what extract tasks kept and nothing else",
          "[jobs][method_vectors]") {
  const tests::PairCase one = tests::pair_cases().front();
  const auto made =
      vectors_of(VectorMethod::pca, one.positive, one.negative, {0, 2, 7});
  CHECK(tests::apart(get(made.result, "vector")[0], one.vectors.at("pca")) <
        1e-9);
  CHECK((get(made.result, "positive_mean")[0] -
         one.positive.to(at::kDouble).mean(0))
            .abs()
            .max()
            .item<double>() < 1e-12);
  CHECK((get(made.result, "negative_mean")[1] -
         one.negative.to(at::kDouble).mean(0) * 2)
            .abs()
            .max()
            .item<double>() < 1e-12);
  CHECK(get(made.result, "n_pairs").item<std::int64_t>() == 7);
  CHECK(get(made.result, "median_norm")[1].item<double>() ==
        Approx(2 * get(made.result, "median_norm")[0].item<double>()));
  CHECK(get(made.result, "balanced").isnan().all().item<bool>());
  CHECK(get(made.result, "letter").isnan().all().item<bool>());
  CHECK(made.result.count("available") == 0);
}

TEST_CASE("neither cuts, the order of pairs nor threads change a byte",
          "[jobs][method_vectors]") {
  const tests::PairCase one = tests::pair_cases()[1];
  const std::int64_t n = one.positive.size(0);
  at::manual_seed(1);
  const at::Tensor order = at::randperm(n, at::kLong);
  for (const VectorMethod method : kOthers) {
    if (!traits_of(method).rows) continue;
    CAPTURE(traits_of(method).name);
    const auto whole =
        vectors_of(method, one.positive, one.negative, {0, n}).result;
    tests::with_threads([&](int) {
      const auto cut =
          vectors_of(method, one.positive, one.negative, {0, 1, 16, 32, n});
      CHECK(tests::differing(whole, cut.result).empty());
      const auto mixed =
          vectors_of(method, one.positive.index_select(0, order),
                     one.negative.index_select(0, order), {0, n});
      CHECK(tests::differing(whole, mixed.result).empty());
    });
  }
}

TEST_CASE("pairs are ordered together, by both sides",
          "[jobs][method_vectors]") {
  const at::Tensor positive =
      at::tensor({2.0, 1.0, 1.0}, at::kFloat).unsqueeze(1);
  const at::Tensor negative =
      at::tensor({5.0, 7.0, 6.0}, at::kFloat).unsqueeze(1);
  const PairActivations ordered = in_order_of_bytes({positive, negative});
  // By bytes, not by size; but the pairs are those.
  std::vector<std::pair<float, float>> pairs;
  for (std::int64_t i = 0; i < 3; ++i) {
    pairs.emplace_back(ordered.positive[i].item<float>(),
                       ordered.negative[i].item<float>());
  }
  const at::Tensor back = at::tensor({2, 1, 0}, at::kLong);
  const PairActivations other = in_order_of_bytes(
      {positive.index_select(0, back), negative.index_select(0, back)});
  CHECK(tests::same_bytes(ordered.positive, other.positive));
  CHECK(tests::same_bytes(ordered.negative, other.negative));
  std::ranges::sort(pairs);
  CHECK(pairs == std::vector<std::pair<float, float>>{
                     {1.F, 6.F}, {1.F, 7.F}, {2.F, 5.F}});
}

TEST_CASE("a layer without a vector says why and costs no other",
          "[jobs][method_vectors]") {
  const tests::PairCase one = tests::pair_cases().front();
  auto inputs = bulk_of(one.positive, one.negative, {0, 7});
  // At the second layer x- is x+.
  at::Tensor activations = get(inputs[0], "activations").clone();
  activations[1].select(1, 1).copy_(activations[1].select(1, 0));
  inputs[0]["activations"] = to_array(activations);
  for (const VectorMethod method : kOthers) {
    if (!traits_of(method).rows) continue;
    CAPTURE(traits_of(method).name);
    const TaskOutput made = merge_vectors(task_of(method, 2), inputs);
    const at::Tensor vectors = get(made.result, "vector");
    CHECK(vectors[0].isfinite().all().item<bool>());
    CHECK(vectors[1].isnan().all().item<bool>());
    CHECK(storage::integers(made.result.at("available")) ==
          std::vector<std::int64_t>{1, 0});
    CHECK_THAT(made.result.at("failures").bytes,
               Catch::Contains("mean difference") && Catch::EndsWith("\n"));
    CHECK(failed_cells_of(made.result) == 1);
    const auto slices = slices_of(task_of(method, 2), made);
    REQUIRE(slices.size() == 2);
    CHECK(slices[0] != slices[1]);
  }
}

TEST_CASE("what is made of a vector that is not there is not there",
          "[jobs][method_vectors]") {
  tests::ToyDecomposition toy;
  const auto say = [&](std::vector<std::int64_t> available,
                       const std::string& reasons) {
    const auto n = static_cast<std::int64_t>(available.size());
    toy.inputs[0]["available"] =
        storage::make_array(std::span<const std::int64_t>(available), {n});
    toy.inputs[0]["failures"] = {
        storage::DType::u8, {std::ssize(reasons)}, reasons};
  };
  toy.task.behaviour = "pca on words";
  say({0, 0}, "first reason\nsecond reason\n");
  CHECK_THAT(tests::error_of([&] { decompose(toy.task, toy.inputs, toy.sae); }),
             Catch::Contains("pca on words") &&
                 Catch::Contains("second reason") &&
                 !Catch::Contains("first reason"));
  // The task's layer is the second one.
  say({0, 1}, "first reason\n");
  CHECK_NOTHROW(decompose(toy.task, toy.inputs, toy.sae));

  VariantsTask task;
  task.requests.resize(2);
  task.requests[1].vector_layer = 1;
  const TaskOutput variants =
      make_variants(task, {toy.inputs[0]}, []() -> const Transformer& {
        throw std::logic_error("no model is needed");
      });
  CHECK(
      storage::integers(variants.result.at(variants_result::kAvailable.name)) ==
      std::vector<std::int64_t>{0, 1});
}
