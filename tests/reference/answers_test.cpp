// Whole answers of SmolLM2, against what transformers makes of them.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "jobs/device/device.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/answer_readings.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

// As tests/data/make/whole_answers.py has it.
at::Tensor added(std::int64_t d_model) {
  at::Tensor vector = at::empty({d_model}, at::kDouble);
  for (std::int64_t i = 0; i < d_model; ++i) {
    vector[i] = 0.3 * std::cos(static_cast<double>(i));
  }
  return vector.to(at::kFloat);
}

std::vector<std::string> texts(const json& of) {
  return of.get<std::vector<std::string>>();
}

double log_of_sum(const std::vector<double>& logs) {
  double sum = 0;
  for (const double one : logs) sum += std::exp(one);
  return std::log(sum);
}

}  // namespace

TEST_CASE("whole answers have the log-probabilities that transformers sums",
          "[reference][answers]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const json golden = tests::read_json(COXSWAIN_SOURCE_DIR
                                       "/tests/data/whole_answers/"
                                       "smollm2.json");
  const auto path = tests::find_model(tests::kSmolLm2);
  if (!path) {
    tests::skip("whole_answers", "its GGUF file is not here");
    return;
  }
  const ModelHeader header = read_model_header(*path);
  const Transformer model = load_model({*path, "", ComputeType::float32});
  const double multiplier = golden.at("multiplier").get<double>();
  const auto layer = golden.at("layer").get<std::int64_t>();
  const at::Tensor vector = added(header.architecture.d_model);
  ItemRules rules;
  rules.chat_template = known_template("plain");
  rules.scored = Scored::answer;
  ItemMaker maker(rules, header);
  double worst = 0;
  for (const json& one : golden.at("pairs")) {
    const auto matching = texts(one.at("matching"));
    const auto other = texts(one.at("other"));
    storage::ContrastPair pair;
    pair.question = one.at("question").get<std::string>();
    pair.matching = matching.front();
    pair.other = other.front();
    pair.also_matching.assign(matching.begin() + 1, matching.end());
    pair.also_other.assign(other.begin() + 1, other.end());
    INFO(pair.question);
    const BehaviourItem item = maker.items(pair).front();
    for (std::size_t i = 0; i < item.answers.answers.size(); ++i) {
      auto tokens = item.answers.shared;
      const auto& own = item.answers.answers[i].tokens;
      tokens.insert(tokens.end(), own.begin(), own.end());
      CHECK(tokens == one.at("tokens")[i].get<std::vector<std::int32_t>>());
    }
    std::vector<ContrastTokens> readings;
    const AnswerReadings how = add_readings(item, readings);
    const Answers answers = steer(
        model, readings, {{layer, vector, 0}, {layer, vector, multiplier}});
    for (const auto& [steering, key] :
         {std::pair{0, "clean"}, std::pair{1, "steered"}}) {
      const ReadLogits found = scored(how, [&, at = steering](std::int32_t i) {
        const auto value = [&](const at::Tensor& of) {
          return of[i][at].item<double>();
        };
        return ReadLogits{value(answers.match), value(answers.other),
                          value(answers.log_sum_exp)};
      });
      const auto all = one.at(key).get<std::vector<double>>();
      const auto n = static_cast<std::ptrdiff_t>(matching.size());
      worst = std::max(
          {worst,
           std::abs(found.match - log_of_sum({all.begin(), all.begin() + n})),
           std::abs(found.other - log_of_sum({all.begin() + n, all.end()}))});
    }
  }
  CHECK(tests::within("whole answers, log p", worst, 1e-3));
}
