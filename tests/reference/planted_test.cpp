// The positive control on a real model: W_U[A] - W_U[B] through the final
// norm's gain, added at the last layers.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/evaluate.hpp"
#include "jobs/steering/variants.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/whole_path.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using namespace coxswain::tests;

namespace {

constexpr std::int32_t kLayers[] = {26, 29};
constexpr double kNorm = 20;  // a tenth of what activations have there

Behaviour letters(const ModelHeader& header) {
  BehaviourRules rules;
  rules.chat_template = *template_of("chatml");
  rules.system =
      "You are a helpful AI assistant named SmolLM, trained by Hugging Face";
  const std::string data = COXSWAIN_SOURCE_DIR
      "/examples/first_light/data/corrigible-neutral-HHH.jsonl";
  return prepare_behaviour(storage::read_contrast_pairs(data), rules, header,
                           data);
}

// By variant: both layers turned with the matching letter, then both fixed.
std::vector<analysis::Steerability> steer_planted(const Transformer& model,
                                                  const Behaviour& behaviour) {
  VariantsTask variants;
  EvaluateTask task;
  task.multipliers = {-1, 0, 1};
  for (const SignRule rule : {SignRule::matching_letter, SignRule::fixed}) {
    for (const std::int32_t layer : kLayers) {
      VariantRequest request;
      request.source = VariantSource::planted;
      request.sign_rule = rule;
      const ContrastTokens& one = behaviour.train[0].tokens;
      request.token_a = one.letter_sign > 0 ? one.token_match : one.token_other;
      request.token_b = one.letter_sign > 0 ? one.token_other : one.token_match;
      task.variants.push_back(
          {0, static_cast<std::int32_t>(variants.requests.size()), layer,
           rule});
      variants.requests.push_back(request);
    }
  }
  // Only the length of the original matters: the planted vector gets it.
  at::Tensor original =
      at::zeros({1, model.architecture().d_model}, at::kDouble);
  original[0][0] = kNorm;
  const TaskOutput made =
      make_variants(variants, {{{"vector", to_array(original)}}},
                    [&]() -> const Transformer& { return model; });
  task.items = tokens_of(behaviour.test, 0, behaviour.test.size());
  const TaskOutput answers = evaluate(task, {made.result}, model);
  return steerability_of(behaviour.test, task.variants.size(), task.multipliers,
                         tensor(answers.result, "logit_match"),
                         tensor(answers.result, "logit_other"));
}

}  // namespace

TEST_CASE(
    "a planted vector has a content slope; with a fixed sign, letters only",
    "[reference][planted]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto path = find_model(kSmolLm2);
  if (!path) {
    skip("planted", "its GGUF file is not here");
    return;
  }
  const ModelHeader header = read_model_header(*path);
  const Transformer model = load_model({*path, "", ComputeType::float32});
  const auto found = steer_planted(model, letters(header));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const analysis::Interval& content = found[i].content_slope;
    const analysis::Interval& letter = found[i].answer_slope;
    std::cout << (i < 2 ? "turned" : "fixed") << ", layer " << kLayers[i % 2]
              << ": content slope " << content.estimate << " [" << content.low
              << ", " << content.high << "], answer slope " << letter.estimate
              << " [" << letter.low << ", " << letter.high << "]" << std::endl;
    if (i < 2) {
      CHECK(content.low > 0.1);
      CHECK(std::abs(letter.estimate) < 0.2 * content.estimate);
    } else {
      CHECK(letter.low > 0.1);
      CHECK(std::abs(content.estimate) < 0.2 * letter.estimate);
    }
  }
}
