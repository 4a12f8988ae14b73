// The whole path on a real model: prompts, vectors, steering, SAE codes, slopes
// against every pipeline case; sentiment-pairs against golden.*.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "analysis/steerability.hpp"
#include "jobs/device.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/tensor_array.hpp"
#include "storage/safetensors.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

// Eight times the reference's own float32-float64 distances (PIPELINE.md,
// section 4): logits 3.1e-5; activations 1.8e-6 and differences of pairs
// 3.0e-6 of their norm.
constexpr double kLogits = 8 * 3.1e-5;
constexpr double kActivations = 8 * 1.8e-6;
constexpr double kDifferences = 8 * 3.0e-6;
constexpr double kCodes = 2e-6;  // of the row's maximum (SAES.md)

at::Tensor tensor(const storage::ArrayMap& arrays, const std::string& name) {
  return to_tensor(storage::at(arrays, name, "reference"));
}

double worst(const at::Tensor& ours, const at::Tensor& theirs) {
  REQUIRE(ours.sizes() == theirs.sizes());
  return (ours.to(at::kDouble) - theirs.to(at::kDouble))
      .abs()
      .max()
      .item<double>();
}

// Largest |a - b| / |b| over rows.
double worst_by_norm(const at::Tensor& ours, const at::Tensor& theirs) {
  REQUIRE(ours.sizes() == theirs.sizes());
  const at::Tensor b = theirs.to(at::kDouble);
  return ((ours.to(at::kDouble) - b).norm(2, {-1}) / b.norm(2, {-1}))
      .max()
      .item<double>();
}

std::vector<ContrastTokens> tokens_of(const std::vector<BehaviourItem>& items,
                                      std::size_t first, std::size_t n) {
  std::vector<ContrastTokens> out;
  for (std::size_t i = first; i < std::min(first + n, items.size()); ++i) {
    out.push_back(items[i].tokens);
  }
  return out;
}

// Vectors of all pairs, in tasks as a sweep cuts them.
struct Extracted {
  storage::ArrayMap merged;
  at::Tensor first_pairs;  // [n_layers, n, 2, d_model] of the first task's
};

Extracted extract_all(const Transformer& model,
                      const std::vector<BehaviourItem>& train,
                      const std::vector<std::int32_t>& layers) {
  std::vector<storage::ArrayMap> parts;
  std::vector<at::Tensor> kept;
  for (std::size_t first = 0; first < train.size(); first += 16) {
    ExtractTask task;
    task.pairs = tokens_of(train, first, 16);
    task.layers = layers;
    task.keep_activations = first < 64;
    TaskOutput output = extract(task, model);
    if (first < 64) kept.push_back(tensor(output.bulk, "activations"));
    parts.push_back(std::move(output.result));
  }
  return {merge_vectors(VectorTask{std::ssize(layers)}, parts).result,
          at::cat(kept, 1)};
}

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
    }
  }

 private:
  std::string name() const { return folder_.filename().string(); }

  Behaviour prepare(const std::string& positions) const {
    BehaviourRules rules;
    rules.chat_template =
        template_named(meta_.at("template").get<std::string>());
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
      const PackedPrompts packed(
          tokens_of(behaviour_.test, static_cast<std::size_t>(i), 1),
          PackedPrompts::Siblings::none);
      const at::Tensor last =
          clean_pass(model_, packed, header_.architecture.n_layers - 1,
                     [](const BlockState&) {});
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

  // Slopes by the report's own code, and the two letters' means.
  void check_slopes(const std::string& label, const Behaviour& behaviour,
                    const std::vector<std::int64_t>& layers,
                    const std::vector<double>& multipliers,
                    const at::Tensor& match, const at::Tensor& other,
                    const at::Tensor& slopes) {
    storage::Results results;
    results.vectors.resize(1);
    for (std::size_t i = 0; i < behaviour.test.size(); ++i) {
      storage::ItemRow item;
      item.matching_letter = {behaviour.test[i].matching_letter};
      item.cluster = static_cast<std::int32_t>(i);
      results.items.push_back(item);
    }
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      results.variants.emplace_back().vector = 0;
      for (std::size_t i = 0; i < behaviour.test.size(); ++i) {
        for (std::size_t m = 0; m < multipliers.size(); ++m) {
          storage::PropensityRow row;
          row.item = static_cast<std::int32_t>(i);
          row.variant = static_cast<std::int32_t>(layer);
          row.multiplier = multipliers[m];
          const auto at_cell = [&](const at::Tensor& values) {
            return values[static_cast<std::int64_t>(i)]
                         [static_cast<std::int64_t>(layer)]
                         [static_cast<std::int64_t>(m)]
                             .item<float>();
          };
          row.logit_match = at_cell(match);
          row.logit_other = at_cell(other);
          results.propensity.push_back(row);
        }
      }
    }
    const auto found = analysis::steerability(results);
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
      CHECK(std::abs(found[layer].letter_slope.estimate - letter) <= kLogits);
      if (layer + 1 == layers.size()) {
        std::cout << label << " layer " << layers[layer] << ": content slope "
                  << found[layer].content_slope.estimate << " (" << content
                  << "), A items "
                  << found[layer].content_slope.estimate +
                         found[layer].letter_slope.estimate
                  << " (" << sum_a / n_a << "), B items "
                  << found[layer].content_slope.estimate -
                         found[layer].letter_slope.estimate
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
};

}  // namespace

TEST_CASE("the pipeline gives the reference's numbers",
          "[reference][pipeline]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  int checked = 0;
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
    ++checked;
  }
  CHECK(checked > 0);
}

TEST_CASE("sentiment-pairs steers as the golden values say",
          "[reference][pipeline]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto folder = tests::reference_folder() / "smollm2" / "sentiment-pairs";
  REQUIRE(std::filesystem::exists(folder / "golden.json"));
  const json golden = tests::read_json(folder / "golden.json");
  const auto expected =
      storage::read_safetensors((folder / "golden.safetensors").string());
  const std::string examples = COXSWAIN_SOURCE_DIR "/examples/first_light";
  const auto model_path = tests::find_model(
      "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  if (!model_path) {
    tests::skip(folder, "its GGUF file is not here");
    return;
  }
  const ModelHeader header = read_model_header(*model_path);
  const Transformer model = load_model({*model_path, "", ComputeType::float32});
  BehaviourRules rules;
  rules.chat_template = template_named("plain");
  rules.train_items = golden.at("train").get<int>();
  rules.test_items = golden.at("test").get<int>();
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
