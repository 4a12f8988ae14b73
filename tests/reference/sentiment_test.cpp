// sentiment-pairs, a behaviour that steers this model, against golden.*:
// vectors, codes, reconstructions, logits and slopes of every golden variant.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <span>

#include "analysis/statistics/statistics.hpp"
#include "jobs/device/device.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/whole_path.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using namespace coxswain::tests;
using nlohmann::json;

TEST_CASE("sentiment-pairs steers as the golden values say",
          "[reference][sentiment]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto folder = tests::reference_folder() / "smollm2" / "sentiment-pairs";
  REQUIRE(std::filesystem::exists(folder / "golden.json"));
  const json golden = tests::read_json(folder / "golden.json");
  const auto expected =
      storage::read_safetensors((folder / "golden.safetensors").string());
  const std::string examples = COXSWAIN_SOURCE_DIR "/examples/first_light";
  const auto model_path = tests::find_model(tests::kSmolLm2);
  if (!model_path) {
    tests::skip(folder, "its GGUF file is not here");
    return;
  }
  const ModelHeader header = read_model_header(*model_path);
  const Transformer model = load_model({*model_path, "", ComputeType::float32});
  BehaviourRules rules;
  rules.chat_template = *template_of("plain");
  rules.train_items = golden.at("train").get<int>();
  rules.test_items = golden.at("test").get<int>();
  rules.split = SplitRule::line;
  const std::string data = examples + "/data/sentiment-pairs.jsonl";
  const Behaviour behaviour = prepare_behaviour(
      storage::read_contrast_pairs(data), rules, header, data);

  const auto layers = golden.at("layers").get<std::vector<std::int32_t>>();
  const Extracted found = extract_all(model, behaviour.train, layers);
  CHECK(tests::within("sentiment-pairs vectors",
                      worst_by_norm(tensor(found.merged, "vector"),
                                    tensor(expected, "vectors")),
                      kDifferences));

  const SparseAutoencoder sae =
      load_sae(examples + "/saes/layer_15_width_1024");
  const at::Tensor v = tensor(expected, "vectors")[1].to(at::kFloat);
  const at::Tensor codes = sae.encode(at::stack({at::zeros_like(v), v}), true);
  for (const auto& [row, key] :
       {std::pair{0, "code.zero"}, std::pair{1, "code.vector"}}) {
    const at::Tensor theirs = tensor(expected, key);
    CHECK(tests::within(
        std::string("sentiment-pairs ") + key,
        worst(codes[row], theirs) / theirs.abs().max().item<double>(), kCodes));
  }
  // The reconstructions that were added, rescaled to |v|, without b_dec.
  const at::Tensor rebuilt = sae.decode(codes, false);
  for (const auto& [row, key] :
       {std::pair{0, "layer15.zero_reconstruction.vector"},
        std::pair{1, "layer15.encode.vector"}}) {
    const at::Tensor scaled = rebuilt[row] * (v.norm() / rebuilt[row].norm());
    CHECK(tests::within(
        std::string("sentiment-pairs ") + key,
        worst_by_norm(scaled.unsqueeze(0), tensor(expected, key).unsqueeze(0)),
        8 * kCodes));
  }

  const auto multipliers = golden.at("multipliers").get<std::vector<double>>();
  for (const auto& [name, row] : golden.at("rows").items()) {
    std::vector<Steering> steerings;
    const std::int64_t layer = std::stoi(name.substr(5, name.find('.') - 5));
    for (const double multiplier : multipliers) {
      steerings.push_back({layer, tensor(expected, name + ".vector"),
                           multiplier, SignRule::fixed});
    }
    const Answers answers = steer(
        model, tokens_of(behaviour.test, 0, behaviour.test.size()), steerings);
    const at::Tensor logits = at::stack({answers.match, answers.other}, 2);
    CHECK(tests::within("sentiment-pairs " + name + " logits",
                        worst(logits, tensor(expected, name + ".logits")),
                        kLogits));
    const at::Tensor propensity =
        (answers.match - answers.other).to(at::kDouble);
    double sum = 0;
    for (std::int64_t i = 0; i < propensity.size(0); ++i) {
      const at::Tensor one = propensity[i].contiguous();
      sum += analysis::slope(
          multipliers, std::span(one.data_ptr<double>(), multipliers.size()));
    }
    const double mean = sum / static_cast<double>(propensity.size(0));
    CHECK(mean == Approx(row.at("mean_slope").get<double>()).margin(1.5e-4));
  }
}
