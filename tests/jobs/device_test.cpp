#include "jobs/device/device.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>

#include "jobs/device/device_memory.hpp"
#include "jobs/device/gpu_driver.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/toy_model.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// The largest, as a share of the largest number.
double distance(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor wide = a.to(at::kDouble);
  return ((wide - b.to(at::kDouble)).abs().max() / wide.abs().max())
      .item<double>();
}

// Of an array, float64; sums that come as wholes and rests are put together.
at::Tensor number_of(const storage::Array& array) {
  const at::Tensor numbers = to_tensor(array).to(at::kDouble);
  const bool parts = array.dtype == storage::DType::f64 && numbers.dim() == 3;
  return parts ? numbers[0] + numbers[1] : numbers;
}

// A model on the processor, and the same one elsewhere: on one device, and with
// blocks on each of two.
struct Twins {
  explicit Twins(ComputeType compute) : toy(compute) {
    elsewhere.emplace(load_model(toy.source, {tests::fake_device()}));
    spread.emplace(
        load_model(toy.source, {tests::fake_device(0), tests::fake_device(1)}));
    items.resize(3);
    items[0].shared = {1, 2, 3, 4, 5};
    items[1].shared = {1, 2, 7};
    items[2].shared = {1, 2, 7, 4, 4, 9, 8};
    for (ContrastTokens& item : items) {
      item.token_match = 11;
      item.token_other = 12;
      item.steer_from = 1;
      item.letter_sign = 1;
    }
  }

  tests::ToyModel toy;
  std::optional<Transformer> elsewhere, spread;
  std::vector<ContrastTokens> items;
};

// Kernels multiply here, and float64 goes row by row otherwise.
double tolerance(ComputeType compute) {
  return compute == ComputeType::float64   ? 1e-12
         : compute == ComputeType::float32 ? 1e-5
                                           : 0.05;
}

constexpr ComputeType kAll[] = {ComputeType::float64, ComputeType::float32,
                                ComputeType::bfloat16};

}  // namespace

TEST_CASE("the fake device takes no tensors of the processor",
          "[jobs][device]") {
  const at::NoGradGuard no_gradients;
  const at::Tensor here = at::ones({3}), there = here.to(tests::fake_device());
  CHECK(distance((there + there).cpu(), here + here) == 0);
  CHECK_THROWS(here + there);
  CHECK_THROWS(there.index_select(0, at::zeros({1}, at::kLong)));
  CHECK_THROWS(there + here.to(tests::fake_device(1)));
}

TEST_CASE("a model computes where its weights lie", "[jobs][device]") {
  const at::NoGradGuard no_gradients;
  for (const ComputeType compute : kAll) {
    const Twins twins(compute);
    const PackedPrompts prompts(twins.items, PackedPrompts::Siblings::both);
    const at::Tensor rows = prompts.rows_from({1, 0, 2});
    std::vector<at::Tensor> here, there, apart;
    const auto keep = [](std::vector<at::Tensor>& all) {
      return [&all](const BlockState& state) {
        all.push_back(state.wanted().cpu());
      };
    };
    const at::Tensor last =
        clean_pass(twins.toy.model, prompts, 3, rows, keep(here));
    const at::Tensor far =
        clean_pass(*twins.elsewhere, prompts, 3, rows, keep(there));
    const at::Tensor across =
        clean_pass(*twins.spread, prompts, 3, rows, keep(apart));
    CHECK(far.device() == tests::fake_device());
    CHECK(across.device() == tests::fake_device(1));
    REQUIRE(here.size() == 4);
    REQUIRE(there.size() == 4);
    REQUIRE(apart.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(distance(here[i], there[i]) < tolerance(compute));
      CHECK(at::equal(there[i], apart[i]));
    }
    CHECK(at::equal(far.cpu(), across.cpu()));
    CHECK(distance(twins.toy.model.logits(last),
                   twins.elsewhere->logits(far).cpu()) < tolerance(compute));
  }
}

TEST_CASE("cells are steered where the model's weights lie", "[jobs][device]") {
  const at::NoGradGuard no_gradients;
  for (const ComputeType compute : kAll) {
    const Twins twins(compute);
    const at::Tensor vector =
        at::arange(twins.toy.header.architecture.d_model, at::kDouble).sin();
    std::vector<Steering> steerings;
    for (const std::int64_t layer : {0, 1, 3}) {
      for (const double multiplier : {-1.0, 0.0, 2.0}) {
        steerings.push_back(
            {layer, vector, multiplier, SignRule::matching_letter});
      }
      for (const Operation operation :
           {Operation::add_keep_norm, Operation::project_out,
            Operation::rotate}) {
        steerings.push_back(
            {layer, vector, 0.7, SignRule::matching_letter, operation});
      }
    }
    const Answers here = steer(twins.toy.model, twins.items, steerings);
    const Answers there = steer(*twins.elsewhere, twins.items, steerings);
    CHECK(there.match.is_cpu());
    CHECK(distance(here.match, there.match) < tolerance(compute));
    CHECK(distance(here.other, there.other) < tolerance(compute));
    CHECK(distance(here.log_sum_exp, there.log_sum_exp) < tolerance(compute));
    const Answers apart = steer(*twins.spread, twins.items, steerings);
    CHECK(at::equal(there.match, apart.match));
    CHECK(at::equal(there.other, apart.other));
    CHECK(at::equal(there.log_sum_exp, apart.log_sum_exp));
  }
}

TEST_CASE("tasks of a model elsewhere give the processor's arrays",
          "[jobs][device]") {
  const at::NoGradGuard no_gradients;
  const Twins twins(ComputeType::float64);
  ExtractTask extraction;
  extraction.pairs = twins.items;
  extraction.layers = {0, 2};
  extraction.keep_activations = true;
  for (const auto* other : {&*twins.elsewhere, &*twins.spread}) {
    CHECK(extract(extraction, twins.toy.model).result.at("norms").bytes ==
          extract(extraction, *other).result.at("norms").bytes);
  }
  ObserveTask observation;
  observation.texts = {{1, 2, 3}, {4, 5}};
  observation.layers = {1};
  CHECK(observe(observation, twins.toy.model).result.at("counts").bytes ==
        observe(observation, *twins.elsewhere).result.at("counts").bytes);
}

TEST_CASE("features are counted where the SAE lies", "[jobs][device]") {
  const at::NoGradGuard no_gradients;
  const Twins twins(ComputeType::float64);
  const tests::Scratch scratch;
  tests::write_toy_sae(scratch.path(), twins.toy.header.architecture.d_model,
                       64);
  const SparseAutoencoder here = load_sae(scratch.path());
  const SparseAutoencoder there =
      on_device(load_sae(scratch.path()), tests::fake_device());
  CHECK(there.device() == tests::fake_device());
  ActivityTask task;
  task.texts = {{1, 2, 3, 9}, {4, 5}, {7, 7, 8}};
  task.layer = 2;
  task.contexts = 2;
  for (const bool apart : {false, true}) {
    task.sinks_apart = apart;
    const auto near = feature_activity(
        task, {}, here,
        [&]() -> const Transformer& { return twins.toy.model; });
    const auto far = feature_activity(
        task, {}, there,
        [&]() -> const Transformer& { return *twins.elsewhere; });
    // A device's products are the library's: they round otherwise.
    for (const auto& [name, array] : near.result) {
      CAPTURE(name);
      CHECK(distance(number_of(array), number_of(far.result.at(name))) < 1e-5);
    }
    CHECK(near.result.size() == 8);
  }
}

TEST_CASE("a GPU that is not there is refused", "[jobs][device]") {
  prepare(DeviceKind::cpu);
  if (best_device() == DeviceKind::cuda) return;
  CHECK_THROWS_AS(prepare(DeviceKind::cuda), JobError);
  CHECK(numerics_description(2, DeviceKind::cpu).find("cpu, libtorch") == 0);
}

TEST_CASE("UUIDs are written as nvidia-smi does", "[jobs][device]") {
  const unsigned char bytes[16] = {0x89, 0x32, 0xf9, 0x37, 0xd7, 0x2c,
                                   0x41, 0x06, 0xc1, 0x2f, 0x20, 0xbd,
                                   0x9f, 0xae, 0xd9, 0xf6};
  CHECK(uuid_text(bytes) == "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6");
  if (best_device() == DeviceKind::cpu) CHECK(visible_gpus().empty());
}

TEST_CASE("devices that compute are told from those that do not",
          "[jobs][device]") {
  CHECK(all_compute({at::kCPU, tests::fake_device(1)}));
  CHECK_FALSE(all_compute({at::kCPU, at::Device(c10::DeviceType::XLA, 0)}));
}
