#include "analysis/answers/weakness_answer.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;

namespace {

Answer answer_of(const storage::Results& results) {
  return weakness_answer(report_source(results));
}

// Twenty clusters, five directions of each kind, SAEs that fit.
storage::Results sound() {
  storage::Results results = tests::toy_steered();
  for (std::int32_t i = 8; i < 20; ++i) {
    results.items.push_back(results.items[0]);
    results.items.back().item = results.items.back().cluster = i;
  }
  for (auto& sae : results.saes) sae.explained_variance = 0.9;
  results.decompositions.push_back(
      tests::toy_decomposition(0, 0, "encode", "random", 0));
  std::vector<double> slopes;
  for (int i = 0; i < 20; ++i) slopes.push_back(1 + 0.01 * i);
  add_variant(results, {.slopes = slopes});
  for (const char* kind : {"random", "covariance", "shuffled"}) {
    for (std::int32_t seed = 0; seed < 5; ++seed) {
      add_variant(results, {.source = kind,
                            .slopes = slopes,
                            .seed = seed,
                            .norm_rule = storage::NormRule::as_is});
    }
  }
  return results;
}

}  // namespace

TEST_CASE("what is sound has little that is weak",
          "[analysis][weakness_answer]") {
  CHECK(answer_of(sound()).text ==
        "Intervals are for these training pairs alone: "
        "kind.");
}

TEST_CASE("what is weak is named", "[analysis][weakness_answer]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = std::vector<double>(8, 1)});
  add_variant(results, {.behaviour = 1, .slopes = {1, 1, 1, 1}});
  tests::add_weak_noise(results);
  results.saes[0].explained_variance = 0.9;
  results.saes[1].explained_variance = 0.213;
  const Answer answer = answer_of(results);
  CHECK(answer.shown == Shown::yes);
  CHECK_THAT(answer.text,
             Contains("Fewer than 20 clusters: kind") &&
                 Contains("too few clusters (4): curt") &&
                 Contains("no covariance and shuffled noise: kind") &&
                 Contains("few directions of random (4) noise: kind") &&
                 Contains("no random, covariance and shuffled noise: curt") &&
                 Contains("these training pairs alone (all behaviours);") &&
                 Contains("variance of these activations: early (0.21)"));
}

TEST_CASE("data that were trained on, missing cells and lone multipliers count",
          "[analysis][weakness_answer]") {
  storage::Results results = sound();
  auto train = results.items[3];
  train.split = static_cast<std::uint8_t>(storage::Split::train);
  results.items.push_back(train);
  std::erase_if(results.propensity,
                [](const auto& row) { return row.multiplier < 0; });
  for (auto row : std::vector(results.propensity)) {
    row.multiplier = 0;
    row.logit_match = 0;
    results.propensity.push_back(row);
  }
  results.cells.resize(2);
  results.cells[1].state =
      static_cast<std::uint8_t>(storage::CellState::missing);
  CHECK_THAT(answer_of(results).text,
             Contains("Only 1 of 2 cells") &&
                 Contains("1 of 20 test word pairs were in training: kind") &&
                 Contains("multipliers without their negatives: kind"));
}

TEST_CASE("results without anything say what is missing",
          "[analysis][weakness_answer]") {
  storage::Results results = tests::toy_steered();
  results.saes.clear();
  CHECK(answer_of(results).text == "Nothing was steered; there is no SAE.");
}

TEST_CASE("what nobody took apart or tried is missing",
          "[analysis][weakness_answer]") {
  storage::Results results = sound();
  results.decompositions = {tests::toy_decomposition(0, 0, "encode")};
  CHECK_THAT(
      answer_of(results).text,
      Contains("no noise vector was decomposed") && !Contains("distribution"));
  // What was rebuilt by encode alone tells no reason from another.
  add_variant(results, {.source = "reconstruction",
                        .slopes = std::vector<double>(20, 1),
                        .decomposition = 0});
  CHECK_THAT(answer_of(results).text,
             Contains("the reason distribution was not tried"));
  results.decompositions = {
      tests::toy_decomposition(0, 0, "encode-minus-zero")};
  CHECK_THAT(answer_of(results).text, !Contains("distribution"));
}
