#include "jobs/decomposition/sign_null.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "jobs/cost/sign_null_cost.hpp"
#include "jobs/decomposition/code_differences.hpp"
#include "jobs/device/tensor_array.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// What tests/data/make/exchanged_signs.py made: an SAE, and pairs of three
// behaviours, with their signs as they are and with x+ and x- exchanged.
const nlohmann::json& golden() {
  static const auto read = nlohmann::json::parse(tests::read_file(
      COXSWAIN_SOURCE_DIR "/tests/data/exchanged_signs/toy.json"));
  return read;
}

// Whole numbers of any shape, which are eighths.
at::Tensor eighths(const nlohmann::json& values) {
  std::vector<std::int64_t> shape;
  for (const auto* at = &values; at->is_array(); at = &at->front()) {
    shape.push_back(static_cast<std::int64_t>(at->size()));
  }
  std::vector<float> numbers;
  const std::function<void(const nlohmann::json&)> add =
      [&](const nlohmann::json& of) {
        if (of.is_number()) return numbers.push_back(of.get<float>() / 8);
        for (const auto& one : of) add(one);
      };
  add(values);
  return at::tensor(numbers, at::kFloat).view(shape);
}

// The three behaviours as one task of that SAE.
struct Toy {
  Toy() {
    const auto& parameters = golden().at("sae");
    storage::ArrayMap arrays;
    for (const auto& [name, values] : parameters.items()) {
      arrays[name] = to_array(eighths(values));
    }
    const std::string folder = scratch.file("sae");
    std::filesystem::create_directories(folder);
    tests::write_file(folder + "/sae_weights.safetensors",
                      storage::to_safetensors(arrays));
    tests::write_file(
        folder + "/cfg.json",
        R"({"architecture": "standard", "d_in": 5, "d_sae": 48,)"
        R"( "apply_b_dec_to_input": true, "normalize_activations": "none",)"
        R"( "metadata": {"sae_lens_version": "6.54.12"}})");
    task.n_differences = golden().at("most");
    task.n_shuffles = golden().at("shuffles");
    std::vector<storage::ArrayMap> activations;
    for (const auto& behaviour : golden().at("behaviours")) {
      const at::Tensor pairs = eighths(behaviour.at("eighths"));
      activations.push_back({{"activations", to_array(pairs.unsqueeze(0))}});
      inputs.push_back(
          {{"vector", to_array((pairs.select(1, 0) - pairs.select(1, 1))
                                   .to(at::kDouble)
                                   .mean({0}, true))}});
      task.n_extracts.push_back(1);
      ShuffleRequest& shuffle = task.shuffles.emplace_back();
      shuffle.key = {behaviour.at("key").at(0), behaviour.at("key").at(1)};
      for (std::size_t i = 0; i < behaviour.at("clusters").size(); ++i) {
        shuffle.clusters.push_back(
            {behaviour.at("clusters").at(i), behaviour.at("strata").at(i)});
      }
    }
    inputs.insert(inputs.end(), activations.begin(), activations.end());
    sae = load_sae(folder);
  }

  tests::Scratch scratch;
  SparseAutoencoder sae;
  std::vector<storage::ArrayMap> inputs;
  SignNullTask task;
};

std::vector<std::int64_t> counts(const storage::ArrayMap& result) {
  return storage::integers(result.at("counts"));
}

}  // namespace

TEST_CASE("a task counts signs of exchanged pairs as numpy does",
          "[jobs][sign_null]") {
  const Toy toy;
  std::vector<std::int64_t> expected;
  for (const auto& behaviour : golden().at("behaviours")) {
    for (const auto& of_signs : behaviour.at("counts")) {
      for (const std::int64_t n : of_signs) expected.push_back(n);
    }
  }
  const auto whole = count_signs(toy.task, toy.inputs, toy.sae).result;
  // Exact: all sums are of few eighths.
  CHECK(counts(whole) == expected);
  CHECK(whole.at("counts").shape == std::vector<std::int64_t>{3, 4, 11});
  // However much of the SAE is in memory.
  CHECK(counts(count_signs(toy.task, toy.inputs,
                           stream_sae(toy.scratch.file("sae")))
                   .result) == expected);
}

TEST_CASE("nothing exchanged, signs are numpy's of the pairs as they are",
          "[jobs][sign_null]") {
  const Toy toy;
  for (std::size_t b = 0; b < toy.task.shuffles.size(); ++b) {
    EncoderPass pass(toy.sae);
    const auto& behaviour = golden().at("behaviours").at(b);
    const at::Tensor pairs = eighths(behaviour.at("eighths"));
    const PairActivations sides{pairs.select(1, 0), pairs.select(1, 1)};
    const SignNull null(pass, toy.sae, sides,
                        (sides.positive - sides.negative).mean(0),
                        toy.task.shuffles[b]);
    pass.run();
    const FiringFeatures features = null.features();
    const std::vector<std::int8_t> none(
        static_cast<std::size_t>(features.n_clusters), 1);
    CHECK(exchanged_signs(features, none, toy.task.n_differences).front() ==
          behaviour.at("as_they_are").get<SignPairs>());
  }
}

TEST_CASE("nothing exchanged, signs are those of code differences",
          "[jobs][sign_null]") {
  const tests::Scratch scratch;
  tests::write_toy_sae(scratch.file("sae"), 8, 64);
  const SparseAutoencoder sae = load_sae(scratch.file("sae"));
  at::manual_seed(5);
  for (int set = 0; set < 5; ++set) {
    // Numbers that no sum is exact of.
    const PairActivations pairs{at::randn({37, 8}, at::kFloat) * 3,
                                at::randn({37, 8}, at::kFloat) * 3};
    const at::Tensor vector =
        (pairs.positive - pairs.negative).to(at::kDouble).mean(0);
    ShuffleRequest shuffle{{}, {1, 2}};
    for (std::int32_t i = 0; i < 37; ++i) {
      shuffle.clusters.push_back({i % 11, 0});
    }
    EncoderPass pass(sae);
    CodeDifferences differences(pass, sae, pairs, vector.to(at::kFloat));
    const auto projected = pass.project(vector.to(at::kFloat).unsqueeze(0));
    const SignNull null(pass, sae, pairs, vector.to(at::kFloat), shuffle);
    pass.run();
    const at::Tensor projections = pass.result(projected)[0];
    const FiringFeatures features = null.features();
    for (const std::int64_t most : {1, 7, 30, 64}) {
      differences.choose(most);
      SignPairs expected{};
      for (const auto& one : differences.facts(projections, projections)) {
        ++expected[(one.mean_code_positive < one.mean_code_negative ? 2U : 0U) +
                   (one.encoder_projection < 0 ? 1U : 0U)];
      }
      const std::vector<std::int8_t> none(11, 1);
      CHECK(exchanged_signs(features, none, most).front() == expected);
    }
    // The clusters' parts add up to the vector, within rounding.
    for (std::size_t i = 0; i < features.size(); ++i) {
      double sum = features.projections[i];
      for (std::size_t c = 0; c < 11; ++c) {
        sum -= features.of_clusters[i * 11 + c];
      }
      CHECK(sum == Approx(0).margin(1e-6));
    }
  }
}

TEST_CASE("a sign null's result is as large as it is billed",
          "[jobs][sign_null]") {
  const Toy toy;
  const std::vector<std::int64_t> n_pairs{32, 32, 16};
  const TaskCost cost = cost_of(toy.task, toy.sae.header, n_pairs);
  const auto result = count_signs(toy.task, toy.inputs, toy.sae).result;
  CHECK(cost.size.result_bytes ==
        8 + 90 + std::ssize(result.at("counts").bytes));
  SignNullTask more = toy.task;
  more.n_shuffles *= 10;
  const TaskCost of_more = cost_of(more, toy.sae.header, n_pairs);
  CHECK(of_more.flops > 5 * cost.flops);
  CHECK(of_more.size.memory_bytes > cost.size.memory_bytes);
}
