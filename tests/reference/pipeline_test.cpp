// The whole path on a real model: prompts, vectors, steering, SAE codes, slopes
// against every pipeline case.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/whole_path.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using namespace coxswain::tests;
using nlohmann::json;

namespace {

class PipelineCase {
 public:
  PipelineCase(std::filesystem::path folder, json meta, const std::string& path)
      : folder_(std::move(folder)),
        meta_(std::move(meta)),
        items_(tests::read_json(folder_ / meta_.at("items"))),
        vectors_(storage::read_safetensors(
            (folder_ / meta_.at("vectors").get<std::string>()).string())),
        header_(read_model_header(path)),
        model_(load_model({path, "", ComputeType::float32})) {}

  void check_items() {
    behaviour_ = prepare("from_last_prompt_token");
    std::vector<int> train, test;
    for (const auto& item : behaviour_.train) train.push_back(item.line);
    for (const auto& item : behaviour_.test) test.push_back(item.line);
    CHECK(train == items_.at("train_lines").get<std::vector<int>>());
    CHECK(test == items_.at("test_lines").get<std::vector<int>>());
    const json& first = items_.at("first_8_train_prompts");
    for (std::size_t i = 0; i < first.size(); ++i) {
      const ContrastTokens& ours = behaviour_.train[i].tokens;
      const auto n = static_cast<std::ptrdiff_t>(ours.shared.size());
      for (const auto& [ids, token] :
           {std::pair{"positive_ids", ours.token_match},
            std::pair{"negative_ids", ours.token_other}}) {
        auto theirs = first[i].at(ids).get<std::vector<std::int32_t>>();
        CHECK(std::vector(theirs.begin(), theirs.begin() + n) == ours.shared);
        CHECK(theirs.at(ours.shared.size()) == token);
      }
      CHECK(first[i].at("letter_position") == n);
    }
    const auto lengths =
        items_.at("train_prompt_tokens").get<std::vector<std::int64_t>>();
    int wrong = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      // The prompt proper is followed by the parenthesis.
      wrong += std::ssize(behaviour_.train[i].tokens.shared) == lengths[i] + 1
                   ? 0
                   : 1;
    }
    CHECK(wrong == 0);
    std::cout << name() << ": " << train.size() + test.size()
              << " items, prompts and positions equal" << std::endl;
  }

  void check_vectors() {
    // CI: the first 64 pairs; --all: every pair, every layer.
    std::vector<std::int32_t> layers;
    for (std::int32_t i = 0; i < header_.architecture.n_layers; ++i) {
      if (tests::run_all() || i == 10 || i == 15 || i == 20) {
        layers.push_back(i);
      }
    }
    auto train = behaviour_.train;
    if (!tests::run_all()) train.resize(64);
    const Extracted found = extract_all(model_, train, layers);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::string key =
          "pair_difference.layer_" + std::to_string(layers[i]);
      if (!vectors_.contains(key)) continue;
      const at::Tensor pairs = found.first_pairs[static_cast<int>(i)];
      CHECK(tests::within(name() + " " + key,
                          worst_by_norm(pairs.select(1, 0) - pairs.select(1, 1),
                                        tensor(vectors_, key)),
                          kDifferences));
    }
    check_float64(found.first_pairs, layers);
    layers_ = layers;
    first_pairs_ = found.first_pairs;
    if (!tests::run_all()) return;
    for (const auto& [ours, theirs, tolerance] :
         {std::tuple{"vector", "vector_f64", kDifferences},
          std::tuple{"positive_mean", "mean_positive_f64", kActivations},
          std::tuple{"negative_mean", "mean_negative_f64", kActivations}}) {
      CHECK(tests::within(
          name() + " " + theirs,
          worst_by_norm(tensor(found.merged, ours), tensor(vectors_, theirs)),
          tolerance));
    }
  }

  void check_steering() {
    bool first = true;
    for (const json& sweep : meta_.at("steering")) {
      const auto expected = storage::read_safetensors(
          (folder_ / sweep.at("file").get<std::string>()).string());
      for (const json& rule : sweep.at("rules")) {
        // The first rule whole, of the others in CI a part.
        check_rule(sweep, rule.get<std::string>(), expected,
                   first || tests::run_all());
        first = false;
      }
    }
  }

  void check_codes() {
    for (const auto& [name_of_sae, path] : meta_.at("saes").items()) {
      const SparseAutoencoder sae =
          load_sae((folder_ / path.get<std::string>()).string());
      const auto folder = folder_ / ("sae_" + name_of_sae);
      const json analysis = tests::read_json(folder / "analysis.json");
      const auto expected =
          storage::read_safetensors((folder / "analysis.safetensors").string());
      const at::Tensor v =
          tensor(vectors_, "vector")[analysis.at("layer").get<int>()];
      const auto scales =
          analysis.at("table1_scales").get<std::vector<double>>();
      const at::Tensor x =
          at::outer(at::tensor(scales, at::kDouble).to(at::kFloat), v);
      for (const bool subtract : {true, false}) {
        const std::string key = std::string("codes.b_dec_") +
                                (subtract ? "subtracted" : "not_subtracted");
        const at::Tensor ours = sae.encode(x, subtract);
        const at::Tensor theirs = tensor(expected, key);
        const at::Tensor scale = theirs.abs().amax(1).clamp_min(1e-30);
        CHECK(tests::within(
            name() + " " + name_of_sae + " " + key,
            ((ours - theirs).abs().amax(1) / scale).max().item<double>(),
            kCodes));
        CHECK(at::equal(ours.ne(0), theirs.ne(0)));
      }
      check_spurious(name_of_sae, sae, analysis);
    }
  }

  // How many neighbours of Figure 4's features were compared.
  int neighbours() const { return neighbours_; }

 private:
  std::string name() const { return folder_.filename().string(); }

  Behaviour prepare(const std::string& positions) const {
    BehaviourRules rules;
    rules.chat_template = *template_of(meta_.at("template").get<std::string>());
    rules.system = meta_.at("system").get<std::string>();
    rules.positions = *position_rule_named(positions);
    rules.train_items = static_cast<int>(items_.at("train_lines").size());
    rules.test_items = static_cast<int>(items_.at("test_lines").size());
    const std::string path =
        (folder_ / meta_.at("data").get<std::string>()).string();
    return prepare_behaviour(storage::read_contrast_pairs(path), rules, header_,
                             path);
  }

  // Letters' activations and logits against the float64 run.
  void check_float64(const at::Tensor& first_pairs,
                     const std::vector<std::int32_t>& layers) {
    const auto exact = storage::read_safetensors(
        (folder_ / "float64_check.safetensors").string());
    const at::Tensor theirs = tensor(exact, "activations_letter_f64");
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const double difference = worst_by_norm(
          first_pairs[static_cast<int>(i)].narrow(0, 0, theirs.size(0)),
          theirs.select(2, layers[i]));
      if (i + 1 == layers.size()) {
        CHECK(tests::within(name() + " activations against float64", difference,
                            kActivations));
      } else {
        CHECK(difference <= kActivations);
      }
    }
    const at::Tensor logits = tensor(exact, "clean_logits_f64");
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
      const at::Tensor last = clean_pass(
          model_, tokens_of(behaviour_.test, static_cast<std::size_t>(i), 1)[0],
          header_.architecture.n_layers - 1, [](const BlockState&) {});
      CHECK(tests::within(name() + " clean logits against float64",
                          worst(model_.logits(last.slice(0, -1))[0], logits[i]),
                          kLogits));
    }
  }

  void check_rule(const json& sweep, const std::string& rule,
                  const storage::ArrayMap& expected, bool whole) {
    // Steering every position of every cell is most of the work.
    const std::size_t in_part = rule == "all" ? 1 : 8;
    const Behaviour behaviour = prepare(rule);
    const std::size_t n = whole ? behaviour.test.size() : in_part;
    const auto layers = sweep.at("layers").get<std::vector<std::int64_t>>();
    const auto multipliers = sweep.at("multipliers").get<std::vector<double>>();
    std::vector<Steering> steerings;
    for (const std::int64_t layer : layers) {
      for (const double multiplier : multipliers) {
        steerings.push_back({layer, tensor(vectors_, "vector")[layer],
                             multiplier, SignRule::fixed});
      }
    }
    std::vector<at::Tensor> match, other;
    for (std::size_t first = 0; first < n; first += in_part) {
      const Answers found =
          steer(model_, tokens_of(behaviour.test, first, in_part), steerings);
      match.push_back(found.match);
      other.push_back(found.other);
    }
    const auto shaped = [&](const std::vector<at::Tensor>& parts) {
      return at::cat(parts).view({static_cast<std::int64_t>(n),
                                  std::ssize(layers), std::ssize(multipliers)});
    };
    const auto get = [&](const char* what) {
      return tensor(expected, rule + "." + what)
          .narrow(0, 0, static_cast<std::int64_t>(n));
    };
    const std::string label = name() + " " +
                              sweep.at("file").get<std::string>() + " " + rule +
                              " (" + std::to_string(n) + " items)";
    CHECK(tests::within(label + " logits",
                        std::max(worst(shaped(match), get("logit_match")),
                                 worst(shaped(other), get("logit_other"))),
                        kLogits));
    if (whole) {
      check_slopes(label, behaviour, layers, multipliers, shaped(match),
                   shaped(other), get("slope"));
    }
  }

  // Of Figure 4's feature, the neighbours that v turns on: by a decompose task
  // on the pairs at hand.
  void check_spurious(const std::string& name_of_sae,
                      const SparseAutoencoder& sae, const json& analysis) {
    const json& fig4 = analysis.at("fig4");
    const auto layer = analysis.at("layer").get<std::int32_t>();
    const auto place = std::ranges::find(layers_, layer);
    REQUIRE(place != layers_.end());
    DecomposeTask task;
    task.layer = static_cast<std::int32_t>(place - layers_.begin());
    task.n_extracts = {1};
    task.sae.least_explained = -1e30;
    task.vectors = {{Control::none, 0, -1, {}}};
    task.requests = {{0, "encode", 0, 1, sae.header.b_dec_input, false}};
    task.n_differences = static_cast<std::int32_t>(sae.header.d_sae);
    const at::Tensor vectors =
        tensor(vectors_, "vector_f64")
            .index_select(0, at::tensor(layers_, at::kInt).to(at::kLong));
    const auto result = decompose(task,
                                  {{{"vector", to_array(vectors)}},
                                   {{"activations", to_array(first_pairs_)}}},
                                  sae)
                            .result;
    const auto rank_of = [&](const char* features, std::int64_t feature) {
      const at::Tensor all = tensor(result, features)[0];
      const at::Tensor found = all.eq(static_cast<double>(feature)).nonzero();
      return found.size(0) == 0 ? -1 : found[0][0].item<std::int64_t>();
    };
    const auto silenced =
        rank_of("difference_features", fig4.at("feature").get<std::int64_t>());
    REQUIRE(silenced >= 0);
    for (const json& one : fig4.at("decoder_cosine").at("most_negative")) {
      if (one.at("activation_v").get<double>() <= 0) continue;
      const auto feature = one.at("feature").get<std::int64_t>();
      const auto rank = rank_of("active_features", feature);
      REQUIRE(rank >= 0);
      ++neighbours_;
      const std::string label = name() + " " + name_of_sae + " feature " +
                                std::to_string(feature) + ": ";
      const auto fact = [&](std::int64_t i) {
        return tensor(result, "active")[0][rank][i].item<double>();
      };
      const auto of = [&](const char* what) {
        return one.at(what).get<double>();
      };
      CHECK(tests::within(
          label + "cosine",
          std::abs(tensor(result, "active_cosines")[0][rank][silenced]
                       .item<double>() -
                   of("cosine")),
          1e-6));
      CHECK(tests::within(label + "f(v), of it",
                          std::abs(fact(0) / of("activation_v") - 1), 1e-5));
      CHECK(tests::within(label + "projection, of it",
                          std::abs(fact(6) / of("projection_v_encoder") - 1),
                          1e-5));
      if (of("mean_activation_positive") == 0) CHECK(fact(4) == 0);
      if (of("mean_activation_negative") == 0) CHECK(fact(5) == 0);
    }
  }

  // Slopes by the report's own code, and the two letters' means.
  void check_slopes(const std::string& label, const Behaviour& behaviour,
                    const std::vector<std::int64_t>& layers,
                    const std::vector<double>& multipliers,
                    const at::Tensor& match, const at::Tensor& other,
                    const at::Tensor& slopes) {
    const auto found = steerability_of(behaviour.test, layers.size(),
                                       multipliers, match, other);
    double largest = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      const auto column = slopes.select(1, static_cast<std::int64_t>(layer));
      double sum_a = 0, sum_b = 0, n_a = 0, n_b = 0;
      for (std::size_t i = 0; i < behaviour.test.size(); ++i) {
        const double theirs =
            column[static_cast<std::int64_t>(i)].item<double>();
        const double difference =
            std::abs(found[layer].item_slopes[i] - theirs);
        if (!(difference <= largest)) largest = difference;  // NaN too
        const bool a = behaviour.test[i].matching_letter == "A";
        (a ? sum_a : sum_b) += theirs;
        (a ? n_a : n_b) += 1;
      }
      const double content = 0.5 * (sum_a / n_a + sum_b / n_b);
      const double letter = 0.5 * (sum_a / n_a - sum_b / n_b);
      CHECK(std::abs(found[layer].content_slope.estimate - content) <= kLogits);
      CHECK(std::abs(found[layer].answer_slope.estimate - letter) <= kLogits);
      if (layer + 1 == layers.size()) {
        std::cout << label << " layer " << layers[layer] << ": content slope "
                  << found[layer].content_slope.estimate << " (" << content
                  << "), A items "
                  << found[layer].content_slope.estimate +
                         found[layer].answer_slope.estimate
                  << " (" << sum_a / n_a << "), B items "
                  << found[layer].content_slope.estimate -
                         found[layer].answer_slope.estimate
                  << " (" << sum_b / n_b << ")" << std::endl;
      }
    }
    CHECK(tests::within(label + " slopes", largest, kLogits));
  }

  std::filesystem::path folder_;
  json meta_, items_;
  storage::ArrayMap vectors_;
  ModelHeader header_;
  Transformer model_;
  Behaviour behaviour_;
  std::vector<std::int32_t> layers_;
  at::Tensor first_pairs_;  // [layers_, pairs, 2, d_model]
  int neighbours_ = 0;
};

}  // namespace

TEST_CASE("the pipeline gives the reference's numbers",
          "[reference][pipeline]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  int checked = 0, neighbours = 0;
  for (const auto& folder : tests::cases("smollm2", "case.json")) {
    const json meta = tests::read_json(folder / "case.json");
    const auto path =
        tests::find_model(meta.at("model").at("sha256").get<std::string>());
    if (!path) {
      tests::skip(folder, "its GGUF file is not here");
      continue;
    }
    PipelineCase one(folder, meta, *path);
    one.check_items();
    one.check_vectors();
    one.check_steering();
    one.check_codes();
    neighbours += one.neighbours();
    ++checked;
  }
  CHECK(checked > 0);
  // The one SAE of the small copies has none that v turns on.
  if (std::filesystem::exists(tests::reference_folder() / "smollm2/saes")) {
    CHECK(neighbours > 0);
  }
}
