// Logits, residual streams, steering and weights of real models in GGUF files.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>

#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

constexpr double kResidualTolerance = 5e-5;  // of a position's largest value
constexpr double kTwinTolerance = 1e-4;      // logits of one model, two formats

class GgufCase {
 public:
  GgufCase(const std::filesystem::path& folder, const json& meta,
           const std::string& path)
      : folder_(folder),
        meta_(meta),
        expected_(storage::read_safetensors(
            (folder / "expected.safetensors").string())),
        model_(load_model({path, "", ComputeType::float32})),
        atol_(meta.at("tolerances")
                  .at("suggested_atol_logits_f32")
                  .get<double>()) {}

  void check_runs() {
    const at::Tensor lengths = get("lengths");
    for (std::int64_t row = 0; row < lengths.size(0); ++row) {
      check_row(row, lengths[row].item<std::int64_t>());
    }
    CHECK(tests::within(name() + " logits", worst_logits_, atol_));
    CHECK(tests::within(name() + " resid_post", worst_residual_,
                        kResidualTolerance));
  }

  void check_greedy() {
    const at::Tensor ids = get("greedy.ids");
    int wrong = 0;
    for (std::int64_t row = 0; row < ids.size(0); ++row) {
      ContrastTokens prompt = tokens(row);
      for (std::int64_t step = 0; step < ids.size(1); ++step) {
        const auto next = static_cast<std::int32_t>(
            last_logits(prompt).argmax().item<std::int64_t>());
        wrong += next == ids[row][step].item<std::int64_t>() ? 0 : 1;
        prompt.shared.push_back(
            static_cast<std::int32_t>(ids[row][step].item<std::int64_t>()));
      }
    }
    std::cout << name() << " greedy: " << wrong << " of " << ids.numel()
              << " tokens differ" << std::endl;
    CHECK(wrong == 0);
  }

  void check_steering() {
    const auto layer = meta_.at("steer_layer").get<std::int64_t>();
    ContrastTokens prompt =
        tokens(meta_.at("steer_prompt").get<std::int64_t>());
    const at::Tensor answers = get("answer_ids");
    prompt.token_match =
        static_cast<std::int32_t>(answers[0].item<std::int64_t>());
    prompt.token_other =
        static_cast<std::int32_t>(answers[1].item<std::int64_t>());
    const at::Tensor multipliers = get("steer.multipliers");
    std::vector<Steering> steerings;
    for (std::int64_t i = 0; i < multipliers.size(0); ++i) {
      steerings.push_back({layer, get("steer.vector"),
                           multipliers[i].item<double>(), SignRule::fixed});
    }
    const auto n = static_cast<std::int32_t>(prompt.shared.size());
    for (const auto& [rule, from] :
         std::vector<std::pair<std::string, std::int32_t>>{
             {"last", n - 1}, {"all", 0}, {"not_first", 1}}) {
      prompt.steer_from = from;
      const Answers found = steer(model_, {prompt}, steerings);
      const at::Tensor ours = at::stack({found.match[0], found.other[0]}, 1);
      const at::Tensor theirs =
          get("steer." + std::to_string(layer) + "." + rule + ".answer_logits");
      CHECK(tests::within(name() + " steered " + rule,
                          (ours - theirs).abs().max().item<double>(), atol_));
    }
  }

  // The letters' logits in bfloat16 against float64, beside transformers' own.
  void check_bfloat16(const std::string& path) {
    if (!expected_.contains("bf16.logits_last")) {
      return tests::skip(folder_, "this copy has no bfloat16 values");
    }
    const Transformer model = load_model({path, "", ComputeType::bfloat16});
    const at::Tensor answers = get("answer_ids").unsqueeze(0);
    std::vector<at::Tensor> rows;
    for (std::int64_t row = 0; row < get("lengths").size(0); ++row) {
      rows.push_back(model
                         .score(last_row(model, tokens(row)), answers,
                                Vocabulary::left_out)
                         .logits[0]);
    }
    const at::Tensor exact = get("answer_logits.f64");
    const at::Tensor mine = (at::stack(rows) - exact).abs();
    const at::Tensor theirs =
        (get("bf16.logits_last").index_select(1, answers[0]) - exact).abs();
    CHECK(tests::within(name() + " bfloat16 largest", mine.max().item<double>(),
                        2 * theirs.max().item<double>()));
    CHECK(tests::within(name() + " bfloat16 mean", mine.mean().item<double>(),
                        1.5 * theirs.mean().item<double>()));
  }

  const Transformer& model() const { return model_; }

  // The largest difference of logits from the same model read elsewhere.
  double distance(const GgufCase& other) const {
    double worst = 0;
    for (std::int64_t row = 0; row < get("lengths").size(0); ++row) {
      const at::Tensor difference =
          last_logits(tokens(row)) - other.last_logits(tokens(row));
      worst = std::max(worst, difference.abs().max().item<double>());
    }
    return worst;
  }

 private:
  std::string name() const { return folder_.filename().string(); }
  at::Tensor get(const std::string& name) const {
    return to_tensor(expected_.at(name));
  }

  ContrastTokens tokens(std::int64_t row) const {
    ContrastTokens out;
    const at::Tensor ids = get("input_ids")[row];
    const auto n = get("lengths")[row].item<std::int64_t>();
    for (std::int64_t i = 0; i < n; ++i) {
      out.shared.push_back(
          static_cast<std::int32_t>(ids[i].item<std::int64_t>()));
    }
    return out;
  }

  static at::Tensor last_row(const Transformer& model,
                             const ContrastTokens& prompt) {
    return clean_pass(model, prompt, model.architecture().n_layers - 1,
                      [](const BlockState&) {})
        .slice(0, -1);
  }
  at::Tensor last_logits(const ContrastTokens& prompt) const {
    return model_.logits(last_row(model_, prompt))[0];
  }

  void check_row(std::int64_t row, std::int64_t length) {
    const at::Tensor last = clean_pass(
        model_, tokens(row), model_.architecture().n_layers - 1,
        [&](const BlockState& state) {
          const std::string key = "resid_post." + std::to_string(state.block) +
                                  ".row" + std::to_string(row);
          if (!expected_.contains(key)) return;
          const at::Tensor theirs = get(key);
          REQUIRE(theirs.size(0) == length);
          const at::Tensor scale = theirs.abs().amax(1);
          worst_residual_ = std::max(
              worst_residual_, ((state.residual - theirs).abs().amax(1) / scale)
                                   .max()
                                   .item<double>());
        });
    const at::Tensor logits = model_.logits(last.slice(0, -1))[0];
    worst_logits_ =
        std::max(worst_logits_,
                 (logits - get("logits_last")[row]).abs().max().item<double>());
  }

  std::filesystem::path folder_;
  json meta_;
  storage::ArrayMap expected_;
  Transformer model_;
  double atol_;
  double worst_logits_ = 0, worst_residual_ = 0;
};

// A weight by its Hugging Face name, out of the fused matrices. Gains of Gemma
// are without their 1 there.
at::Tensor weight_named(const Transformer& model, const std::string& name) {
  const Weights& w = model.weights();
  const Architecture& a = model.architecture();
  const bool gemma = a.family.starts_with("gemma");
  const auto gain = [&](const NormWeights& norm) {
    return gemma ? norm.gain - 1 : norm.gain;
  };
  if (name == "model.embed_tokens.weight") return w.embedding;
  if (name == "lm_head.weight") return w.unembedding;
  if (name == "model.norm.weight") return gain(w.final_norm);
  const std::size_t start = std::string("model.layers.").size();
  const std::size_t dot = name.find('.', start);
  const std::string part = name.substr(dot + 1);
  const BlockWeights& block = w.blocks.at(
      static_cast<std::size_t>(std::stoi(name.substr(start, dot - start))));
  const std::int64_t q = a.n_heads * a.d_head;
  const std::int64_t kv = a.n_kv_heads * a.d_head;
  const at::Tensor& qkv = block.qkv.weight();
  const std::map<std::string, at::Tensor> matrices{
      {"self_attn.q_proj.weight", qkv.narrow(0, 0, q)},
      {"self_attn.k_proj.weight", qkv.narrow(0, q, kv)},
      {"self_attn.v_proj.weight", qkv.narrow(0, q + kv, kv)},
      {"self_attn.o_proj.weight", block.attention_output.weight()},
      {"mlp.gate_proj.weight", block.gate_up.weight().narrow(0, 0, a.d_mlp)},
      {"mlp.up_proj.weight",
       block.gate_up.weight().narrow(0, a.d_mlp, a.d_mlp)},
      {"mlp.down_proj.weight", block.down.weight()}};
  const auto found = matrices.find(part);
  if (found != matrices.end()) return found->second;
  const std::map<std::string, const NormWeights*> norms{
      {"input_layernorm.weight", &block.attention_norm},
      {"self_attn.q_norm.weight", &block.query_norm},
      {"self_attn.k_norm.weight", &block.key_norm},
      {"post_attention_layernorm.weight",
       gemma ? &block.attention_output_norm : &block.mlp_norm},
      {"pre_feedforward_layernorm.weight", &block.mlp_norm},
      {"post_feedforward_layernorm.weight", &block.mlp_output_norm}};
  return gain(*norms.at(part));
}

// Every loaded weight against sums that see the order of its elements.
void check_weights(const std::filesystem::path& folder,
                   const Transformer& model) {
  const json tensors = tests::read_json(folder / "tensors.json").at("tensors");
  int wrong = 0, checked = 0;
  for (const auto& one : tensors) {
    const auto name = one.at("hf").get<std::string>();
    const at::Tensor values =
        weight_named(model, name).to(at::kDouble).flatten();
    const at::Tensor places =
        at::arange(values.numel(), at::kLong).remainder(1009).add(1);
    const double weighted = values.dot(places.to(at::kDouble)).item<double>();
    const double expected = one.at("position_weighted_sum").get<double>();
    const double tolerance = 1e-12 * 1009 * values.abs().sum().item<double>();
    const bool good =
        std::abs(weighted - expected) <= tolerance &&
        values[0].item<double>() == one.at("hf_first8")[0].get<double>() &&
        values[-1].item<double>() == one.at("hf_last4")[3].get<double>();
    if (!good) std::cout << "differs: " << name << std::endl;
    wrong += good ? 0 : 1;
    ++checked;
  }
  std::cout << folder.filename().string() << " weights: " << wrong << " of "
            << checked << " differ" << std::endl;
  CHECK(checked > 0);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("models in GGUF files compute what their reference does",
          "[reference][gguf_models]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  int checked = 0;
  for (const auto& folder : tests::cases("models", "meta.json")) {
    const json meta = tests::read_json(folder / "meta.json");
    if (!meta.contains("gguf_sha256")) continue;  // see models_test.cpp
    const auto path =
        tests::find_model(meta.at("gguf_sha256").get<std::string>());
    if (!path) {
      tests::skip(folder, "its GGUF file is not here");
      continue;
    }
    GgufCase one(folder, meta, *path);
    one.check_runs();
    one.check_steering();
    one.check_greedy();
    one.check_bfloat16(*path);
    check_weights(folder, one.model());
    ++checked;
    if (meta.at("gguf_sha256") != tests::kSmolLm2) continue;
    const auto twin = tests::find_folder(tests::kSmolLm2Folder);
    if (!twin) {
      tests::skip(folder, "its Hugging Face folder is not here");
      continue;
    }
    GgufCase other(folder, meta, *twin);
    other.check_runs();
    check_weights(folder, other.model());
    CHECK(tests::within("the folder's logits against the GGUF file's",
                        one.distance(other), kTwinTolerance));
  }
  CHECK(checked > 0);
}
