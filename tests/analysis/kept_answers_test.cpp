#include "analysis/answers/kept_answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;
using tests::around;

namespace {

// A vector of slope 2 beside weak noise, and two decompositions of it.
storage::Results steered() {
  storage::Results results = tests::toy_steered();
  tests::add_code(results, tests::toy_decomposition(0, 1, "encode"), {});
  tests::add_code(results, tests::toy_decomposition(0, 1, "omp"), {});
  add_variant(results, {.slopes = around(2)});
  tests::add_weak_noise(results);
  return results;
}

void reconstruct(storage::Results& results, std::int32_t decomposition,
                 const std::vector<double>& slopes,
                 const char* source = "reconstruction") {
  add_variant(
      results,
      {.source = source, .slopes = slopes, .decomposition = decomposition});
}

std::vector<Answer> answers_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  return kept_answers(source, steering_of(source));
}

}  // namespace

TEST_CASE("what is kept is said with its set", "[analysis][kept_answers]") {
  storage::Results results = steered();
  reconstruct(results, 0, around(1, 0.05));
  reconstruct(results, 1, around(0.1));
  reconstruct(results, 0, around(0.02), "zero-reconstruction");
  const std::vector<Answer> answers = answers_of(results);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].shown == Shown::yes);
  CHECK(answers[0].variants == std::vector<std::int32_t>{0, 5, 6});
  CHECK_THAT(
      answers[0].text,
      Contains("kind, layer 3: of the vector's slope is kept: encode 0.5") &&
          Contains("Not shown to keep any of the slope: omp 0.05") &&
          Contains("noise of the vector's length reaches, too (+-") &&
          Contains("made of a zero vector: encode 0.01"));
}

TEST_CASE("a method that was picked has to leave the noise of all",
          "[analysis][kept_answers]") {
  storage::Results results = steered();
  // The band of one reconstruction is +-0.44, that of two above 0.5.
  reconstruct(results, 0, around(0.48, 0.05));
  reconstruct(results, 1, around(0.1));
  const auto answer_by = [&](const ReportChoices& choices) {
    const ReportSource source = report_source(results, choices);
    return kept_answers(source, steering_of(source)).at(0);
  };
  CHECK(answer_by({}).shown != Shown::yes);
  ReportChoices choices;
  choices.methods.values = {"encode"};
  const Answer named = answer_by(choices);
  CHECK(named.shown == Shown::yes);
  CHECK(named.variants == std::vector<std::int32_t>{0, 5});
  CHECK_THAT(named.text, !Contains("omp"));
  choices.methods.afterwards = true;
  const Answer picked = answer_by(choices);
  CHECK(picked.shown != Shown::yes);
  CHECK(picked.variants == std::vector<std::int32_t>{0, 5});
}

TEST_CASE("a direction as good as noise keeps nothing that is shown",
          "[analysis][kept_answers]") {
  // Far from 0 by its items, but no farther than noise of its length goes.
  storage::Results results = steered();
  reconstruct(results, 0, around(0.4, 0.01));
  const Answer answer = answers_of(results).at(0);
  CHECK(answer.shown == Shown::not_shown);
  CHECK_THAT(answer.text,
             Contains("not shown to keep any of the slope: encode 0.2") &&
                 Contains("noise of the vector's length reaches, too (+-"));
}

TEST_CASE("little is a no", "[analysis][kept_answers]") {
  storage::Results results = steered();
  reconstruct(results, 0, around(0.02));
  CHECK(answers_of(results).at(0).shown == Shown::no);
  // What is kept the wrong way round is no answer.
  storage::Results turned = steered();
  reconstruct(turned, 0, around(-1));
  CHECK(answers_of(turned).at(0).shown == Shown::not_shown);
}

TEST_CASE("without reconstructions or a vector that steers nothing is shown",
          "[analysis][kept_answers]") {
  storage::Results none = steered();
  CHECK_THAT(answers_of(none).at(0).text,
             Contains("no reconstruction was steered"));
  add_variant(none, {.source = "reconstruction",
                     .slopes = around(1),
                     .decomposition = 0,
                     .norm_rule = storage::NormRule::as_is});
  CHECK_THAT(answers_of(none).at(0).text,
             Contains("no reconstruction as long as the vector"));
  storage::Results still = tests::toy_steered();
  add_variant(still, {.slopes = around(0)});
  CHECK(answers_of(still).at(0).shown == Shown::not_shown);
  CHECK_THAT(answers_of(still).at(0).text, Contains("nothing to keep"));
}
