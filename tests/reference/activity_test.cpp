// What SAE features do on the reference text, against the reference's
// analysis of one SAE.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>

#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/whole_path.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

// Features that fire on so many more or fewer of the tokens: activations that
// lie at a threshold, to rounding.
constexpr double kTokens = 2;

// Of all tokens, first ones too.
at::Tensor both(const TaskOutput& output, const char* name) {
  return to_tensor(output.result.at(name)).to(at::kDouble).sum(0);
}
// A sum, which has two parts.
at::Tensor both_parts(const TaskOutput& output, const char* name) {
  return to_tensor(output.result.at(name)).sum(0).sum(0);
}

}  // namespace

TEST_CASE("features fire on the reference text as the reference says",
          "[reference][activity]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto reference = tests::reference_text();
  REQUIRE(reference);
  const SparseAutoencoder sae = load_sae(
      COXSWAIN_SOURCE_DIR "/examples/first_light/saes/layer_15_width_1024");
  ActivityTask task;
  task.texts = reference->texts;
  task.layer = 15;
  const TaskOutput found = feature_activity(
      task, {}, sae, [&]() -> const Transformer& { return reference->model; });
  const auto analysis = tests::reference_folder() / "smollm2" /
                        "corrigible-neutral-HHH" / "sae_layer_15_width_1024";
  const auto expected =
      storage::read_safetensors((analysis / "analysis.safetensors").string());
  const double n = both(found, "tokens").item<double>();
  CHECK(n == 20'000);
  CHECK(tests::within(
      "tokens on which a feature fires, of 20,000",
      tests::worst(both(found, "active"),
                   n * tests::tensor(expected, "reference_share_active")),
      kTokens));
  const at::Tensor mean = tests::tensor(expected, "reference_mean_code");
  CHECK(tests::within("mean codes over the text, of the largest",
                      tests::worst(both_parts(found, "code_sum") / n, mean) /
                          mean.abs().max().item<double>(),
                      1e-4));
  const json fig3 = tests::read_json(analysis / "analysis.json").at("fig3");
  const auto feature = fig3.at("feature").get<std::int64_t>();
  const json& text = fig3.at("reference");
  const double projection =
      both_parts(found, "projection_sum")[feature].item<double>() / n;
  const double square =
      both_parts(found, "projection_squares")[feature].item<double>() / n;
  const double sd = std::sqrt(square - projection * projection);
  CHECK(tests::within(
      "mean projection of figure 3's feature",
      std::abs(projection / text.at("mean_projection").get<double>() - 1),
      1e-5));
  CHECK(tests::within("its deviation",
                      std::abs(sd / text.at("sd_projection").get<double>() - 1),
                      1e-4));
}
