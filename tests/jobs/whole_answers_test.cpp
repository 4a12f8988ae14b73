#include "jobs/steering/whole_answers.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "jobs/steering/answer_readings.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using Catch::Contains;

namespace {

const PositionRule kRule = *position_rule_named("from_last_prompt_token");

// The item of one question, with its tokens as bytes where no merge is.
BehaviourItem item_of(const tests::ToyModel& toy,
                      const std::vector<std::string>& matching,
                      const std::vector<std::string>& other,
                      const PositionRule& rule = kRule) {
  ItemRules rules;
  rules.chat_template = known_template("plain");
  rules.positions = rule;
  rules.scored = Scored::answer;
  ItemMaker maker(rules, toy.header);
  storage::ContrastPair pair;
  pair.question = "number 7 was";
  pair.matching = matching.front();
  pair.other = other.front();
  pair.also_matching.assign(matching.begin() + 1, matching.end());
  pair.also_other.assign(other.begin() + 1, other.end());
  return maker.items(pair).front();
}

std::string refusal(const tests::ToyModel& toy,
                    const std::vector<std::string>& matching,
                    const std::vector<std::string>& other) {
  return tests::error_of([&] { item_of(toy, matching, other); });
}

// log p of an answer, a plain pass for each of its tokens.
double plainly(const tests::ToyModel& toy, const WholeAnswers& of,
               const AnswerTokens& answer, const Steering& steering) {
  double sum = 0;
  std::vector<std::int32_t> before = of.shared;
  for (const std::int32_t token : answer.tokens) {
    ContrastTokens one;
    one.shared = before;
    one.token_match = one.token_other = token;
    one.steer_from = of.steer_from;
    const Answers found = steer_plainly(toy.model, {one}, {steering});
    sum += found.match[0][0].item<double>() -
           found.log_sum_exp[0][0].item<double>();
    before.push_back(token);
  }
  return sum;
}

}  // namespace

TEST_CASE("each token of an answer is asked for once",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  const BehaviourItem item = item_of(toy, {"QRS"}, {"XY"});
  REQUIRE(item.answers.answers.size() == 2);
  CHECK(item.answers.answers[0].matches);
  CHECK(item.answers.answers[0].tokens.size() == 3);
  CHECK(item.answers.answers[1].tokens.size() == 2);
  CHECK(item.answers.shared == item.tokens.shared);
  CHECK(longest(item.answers) == std::ssize(item.answers.shared) + 3);
  std::vector<ContrastTokens> readings(5);  // of others
  const AnswerReadings how = add_readings(item, readings);
  CHECK(how.n_readings == 4);
  CHECK(readings.size() == 9);
  CHECK(readings[5].token_match == item.tokens.token_match);
  CHECK(readings[5].token_other == item.tokens.token_other);
  CHECK(readings[7].shared.size() == item.tokens.shared.size() + 2);
  for (std::size_t i = 5; i < 9; ++i) {
    CHECK(readings[i].steer_from == item.tokens.steer_from);
  }
  using Terms = std::vector<AnswerReadings::Term>;
  REQUIRE(how.answers.size() == 2);
  CHECK((how.answers[0].terms == Terms{{0, false}, {1, false}, {2, false}}));
  CHECK((how.answers[1].terms == Terms{{0, true}, {3, false}}));
}

TEST_CASE("several accepted answers share what they begin with",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  const BehaviourItem item = item_of(toy, {"QRS", "QX", "Z"}, {"XY"});
  std::vector<ContrastTokens> readings;
  const AnswerReadings how = add_readings(item, readings);
  // Q and X; R and X behind Q; S; then Z; Y.
  CHECK(how.n_readings == 5);
  CHECK((how.answers[1].terms[0] == how.answers[0].terms[0]));
  CHECK((how.answers[1].terms[1] == AnswerReadings::Term{1, true}));
}

TEST_CASE("probabilities are products over tokens and sums over answers",
          "[jobs][whole_answers]") {
  AnswerReadings how;
  how.n_readings = 3;
  how.answers = {{true, {{0, false}, {1, false}}},
                 {true, {{2, true}}},
                 {false, {{0, true}}}};
  const ReadLogits logits[] = {{1, 2, 3}, {0.5, 0, 2}, {0, -1, 0.25}};
  const ReadLogits found =
      scored(how, [&](std::int32_t i) { return logits[i]; });
  CHECK(found.match ==
        Approx(std::log(std::exp(-2 - 1.5) + std::exp(-1.25))).epsilon(1e-14));
  CHECK(found.other == -1);
  CHECK(found.log_sum_exp == 0);
  const ReadLogits alone =
      scored({1, {}}, [&](std::int32_t i) { return logits[i]; });
  CHECK(alone.match == 1);
  CHECK(alone.log_sum_exp == 3);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const ReadLogits one_side = scored(how, [&](std::int32_t i) {
    return i == 2 ? ReadLogits{0, nan, 0} : logits[i];
  });
  CHECK(std::isnan(one_side.match));
  CHECK(std::isnan(one_side.other));
  const ReadLogits none = scored(how, [&](std::int32_t) {
    return ReadLogits{nan, nan, nan};
  });
  CHECK(std::isnan(none.match));
  CHECK(std::isnan(none.other));
}

TEST_CASE("whole answers by reuse have the probabilities of plain passes",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  at::manual_seed(9);
  const at::Tensor vector = at::randn({32}, at::kDouble);
  for (const char* rule : {"from_last_prompt_token", "answer_only", "all",
                           "from:3", "from:13", "from:500"}) {
    INFO(rule);
    const BehaviourItem item =
        item_of(toy, {"QRS", "T"}, {"XYZ?"}, *position_rule_named(rule));
    std::vector<ContrastTokens> readings;
    const AnswerReadings how = add_readings(item, readings);
    const Steering steering{1, vector, 1.5};
    const Answers answers = steer(toy.model, readings, {steering});
    const ReadLogits found = scored(how, [&](std::int32_t i) {
      const auto at = [&](const at::Tensor& of) {
        return of[i][0].item<double>();
      };
      return ReadLogits{at(answers.match), at(answers.other),
                        at(answers.log_sum_exp)};
    });
    const auto& all = item.answers.answers;
    REQUIRE(all.size() == 3);
    CHECK(
        found.match ==
        Approx(std::log(std::exp(plainly(toy, item.answers, all[0], steering)) +
                        std::exp(plainly(toy, item.answers, all[1], steering))))
            .epsilon(1e-10));
    CHECK(found.other ==
          Approx(plainly(toy, item.answers, all[2], steering)).epsilon(1e-10));
  }
}

TEST_CASE("answers that can't be told apart are refused",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  CHECK_THAT(refusal(toy, {"Q"}, {"QR"}), Contains("begins with"));
  CHECK_THAT(refusal(toy, {"X", "QR"}, {"QRS"}), Contains("begins with"));
  CHECK_THAT(refusal(toy, {"X", "X"}, {"Y"}), Contains("begins with"));
  CHECK(refusal(toy, {"QR"}, {"QSTU"}).empty());
}

TEST_CASE("where two tokens are scored, unequal answers are refused as before",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  ItemRules rules;
  rules.chat_template = known_template("plain");
  ItemMaker maker(rules, toy.header);
  storage::ContrastPair pair;
  pair.question = "number 7 was";
  pair.matching = "Q";
  pair.other = "XY";
  CHECK_THAT(
      tests::error_of([&] { maker.items(pair); }),
      Contains("as many in both strings") && Contains("score = \"answer\""));
  pair.other = "X";
  const BehaviourItem item = maker.items(pair).front();
  CHECK(item.answers.answers.empty());
  std::vector<ContrastTokens> readings;
  CHECK((add_readings(item, readings) == AnswerReadings{1, {}}));
  CHECK((readings.front() == item.tokens));
}

TEST_CASE("steering begins where the first of all answers differs",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  const PositionRule rule = *position_rule_named("answer_only");
  const BehaviourItem one = item_of(toy, {"QRS", "T"}, {"QRX"}, rule);
  const BehaviourItem other = item_of(toy, {"T", "QRS"}, {"QRX"}, rule);
  CHECK(one.answers.shared == other.answers.shared);
  CHECK(one.answers.steer_from == std::ssize(one.answers.shared) - 1);
  CHECK(one.answers.steer_from == other.answers.steer_from);
}

TEST_CASE("lists of answers are not exchanged with options",
          "[jobs][whole_answers]") {
  const tests::ToyModel toy(ComputeType::float64);
  ItemRules rules;
  rules.chat_template = known_template("plain");
  rules.scored = Scored::answer;
  rules.letters = Letters::counterbalanced;
  ItemMaker maker(rules, toy.header);
  storage::ContrastPair pair;
  pair.question = "Which?\n (A) red\n (B) green";
  pair.matching = "(A)";
  pair.other = "(B)";
  CHECK(maker.items(pair).size() == 2);
  pair.also_matching = {"A"};
  CHECK_THAT(tests::error_of([&] { maker.items(pair); }),
             Contains("where options are exchanged or paired"));
}
