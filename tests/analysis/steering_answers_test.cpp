#include "analysis/answers/steering_answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;
using tests::around;

namespace {

std::vector<Answer> answers_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  return steering_answers(source, steering_of(source));
}

}  // namespace

TEST_CASE("what leaves 0 and noise is said to steer",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(1)});
  tests::add_weak_noise(results);
  const Answer answer = answers_of(results).at(0);
  CHECK(answer.question == "Does the vector steer?");
  CHECK(answer.shown == Shown::yes);
  CHECK(answer.variants == std::vector<std::int32_t>{0});
  CHECK(answer.text ==
        "kind steers at layer 3: content slope 1.000 [0.911, 1.089] over 8 "
        "word pairs, beyond random (+-0.44, 4 directions) noise.");
}

TEST_CASE("answers are of addition, and say so of all else",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(5)});
  results.variants.back().operation = 1;
  for (const double slope : {-1.0, 2.0, 1.0, -2.0, 0.5}) {
    add_variant(results, {"random", 0, 3, std::vector<double>(8, slope), -1,
                          static_cast<std::int32_t>(results.variants.size())});
    results.variants.back().operation = 1;
  }
  const std::vector<Answer> alone = answers_of(results);
  REQUIRE(alone.size() == 1);
  CHECK_THAT(alone[0].text,
             Catch::StartsWith("kind steers by project-out at layer 3: "));
  add_variant(results, {.slopes = around(1)});
  tests::add_weak_noise(results);
  const std::vector<Answer> added = answers_of(results);
  REQUIRE(added.size() == 1);
  CHECK(added[0].text ==
        "kind steers at layer 3: content slope 1.000 [0.911, 1.089] over 8 "
        "word pairs, beyond random (+-0.44, 4 directions) noise.");
}

TEST_CASE("what is not shown says why", "[analysis][steering_answers]") {
  storage::Results zero = tests::toy_steered();
  add_variant(zero, {.slopes = around(0.05)});
  CHECK(answers_of(zero).at(0).shown == Shown::not_shown);
  CHECK_THAT(answers_of(zero).at(0).text,
             Contains("kind is not shown to steer at layer 3") &&
                 Contains("; the interval includes 0."));
  storage::Results silent = tests::toy_steered();
  add_variant(silent, {.slopes = around(1)});
  CHECK(answers_of(silent).at(0).shown == Shown::not_shown);
  CHECK_THAT(answers_of(silent).at(0).text, Contains("; no noise steered."));
  storage::Results few = tests::toy_steered();
  add_variant(few, {.slopes = {1, 1, 1, 1}});
  tests::add_weak_noise(few);
  CHECK_THAT(answers_of(few).at(0).text, Contains("; too few clusters (4)."));
  storage::Results nothing = tests::toy_steered();
  CHECK(answers_of(nothing).at(0).shown == Shown::not_shown);
  CHECK_THAT(answers_of(nothing).at(0).text, Contains("was measured"));
}

TEST_CASE("no more than noise is a no, of enough directions",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(0.05)});
  tests::add_weak_noise(results);
  CHECK(answers_of(results).at(0).shown == Shown::not_shown);
  add_variant(
      results,
      {.source = "random", .slopes = std::vector<double>(8, 0.1), .seed = 4});
  const Answer answer = answers_of(results).at(0);
  CHECK(answer.shown == Shown::no);
  CHECK_THAT(answer.text, Contains("kind steers no more than noise") &&
                              Contains("lies inside random (+-"));
}

TEST_CASE("of several vectors p is adjusted and the choice is said",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = around(1)});
  add_variant(results, {.layer = 5, .slopes = around(2)});
  tests::add_weak_noise(results, 0, 5);
  const Answer largest = answers_of(results).at(0);
  CHECK(largest.shown == Shown::yes);
  CHECK_THAT(
      largest.text,
      Contains("at layer 5, best of 2 layers: content slope 2.000 [1.911, "
               "2.089] ([1.89, 2.11] for all 2 layers at once) over 8") &&
          Contains(
              ", p 0.008 adjusted for the 2 vectors of all layers, beyond"));
  results.saes.erase(results.saes.begin());
  CHECK_THAT(
      answers_of(results).at(0).text,
      Contains("at layer 3, the layer with an SAE:") && !Contains("at once"));
}

TEST_CASE("noise has to be left for all vectors at once",
          "[analysis][steering_answers]") {
  // +-0.44 of one, more than 0.5 of two.
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(0.5)});
  tests::add_weak_noise(results);
  CHECK(answers_of(results).at(0).shown == Shown::yes);
  add_variant(results, {.behaviour = 1, .slopes = around(3)});
  tests::add_weak_noise(results, 1);
  const std::vector<Answer> both = answers_of(results);
  CHECK(both.at(0).shown == Shown::not_shown);
  CHECK_THAT(both.at(0).text,
             Contains("; for 2 vectors at once it is not beyond random (+-"));
  CHECK(both.at(1).shown == Shown::yes);
  CHECK_THAT(both.at(1).text, Contains(", for 2 at once +-"));
}

TEST_CASE("what is left of p after adjusting decides",
          "[analysis][steering_answers]") {
  // One of eight is against it: the interval excludes 0, yet signs that are
  // flipped give as much in 7 of 100.
  storage::Results results = tests::toy_steered();
  results.saes.clear();
  std::vector<double> slopes = around(1);
  slopes[0] = -1.05;
  add_variant(results, {.slopes = slopes});
  tests::add_weak_noise(results);
  CHECK(answers_of(results).at(0).shown == Shown::yes);
  add_variant(results, {.layer = 5, .slopes = around(0)});
  const Answer answer = answers_of(results).at(0);
  INFO(answer.text);
  CHECK(answer.shown == Shown::not_shown);
  CHECK_THAT(answer.text,
             Contains("; p 0.") && Contains(" adjusted for 2 vectors."));
}

TEST_CASE("a layer that the sweep names needs no adjusting over the others",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = around(0.5)});
  add_variant(results, {.layer = 5, .slopes = around(2)});
  tests::add_weak_noise(results, 0, 3);
  tests::add_weak_noise(results, 0, 5);
  const auto answer_by = [&](const ReportChoices& choices) {
    const ReportSource source = report_source(results, choices);
    return steering_answers(source, steering_of(source)).at(0);
  };
  ReportChoices choices;
  choices.layers.values = {3};
  const Answer named = answer_by(choices);
  // The band of one vector is +-0.44, that of two above 0.5.
  CHECK(named.shown == Shown::yes);
  CHECK(named.text ==
        "kind steers at layer 3, named by the sweep: content slope 0.500 "
        "[0.411, 0.589] over 8 word pairs, beyond random (+-0.44, 4 "
        "directions) noise.");
  choices.layers.afterwards = true;
  const Answer picked = answer_by(choices);
  CHECK(picked.shown == Shown::not_shown);
  CHECK_THAT(picked.text,
             Contains("at layer 3, picked afterwards out of 2 layers:") &&
                 Contains(" for all 2 layers at once) over ") &&
                 Contains("; for 2 vectors at once it is not beyond random"));
  // Both of the candidates are two vectors, not four.
  choices.layers.values = {3, 5};
  const ReportSource both = report_source(results, choices);
  REQUIRE(steering_of(both).size() == 2);
  CHECK(steering_of(both)[0].of == 2);
  choices.layers.afterwards = false;
  const ReportSource before = report_source(results, choices);
  CHECK(steering_of(before)[0].of == 2);
  CHECK_THAT(steering_answers(before, steering_of(before)).at(1).text,
             Contains("adjusted for the 2 vectors of the named layers"));
  choices.layers.values = {7};
  CHECK_THAT(answer_by(choices).text, Contains("at the layers that are named"));
}

TEST_CASE("a behaviour whose items tell nothing is not passed over",
          "[analysis][steering_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(1)});
  tests::add_weak_noise(results);
  // All items match the first answer.
  for (storage::ItemRow& item : results.items) item.matching_answer = 1;
  const std::vector<Answer> answers = answers_of(results);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].question == "Does the vector steer?");
  CHECK(answers[0].shown == Shown::not_shown);
  CHECK(answers[0].variants == std::vector<std::int32_t>{0});
  CHECK(answers[0].text ==
        "kind is not shown to steer: its 8 items have no content slope; too "
        "few clusters (0 of one answer).");
}
