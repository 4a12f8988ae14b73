#include "analysis/answers/named_answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_code;
using tests::toy_decomposition;

namespace {

using Features = std::vector<std::pair<std::int32_t, double>>;

const Features kZero = {{1, 9}, {2, 8}, {3, 7}};

storage::Results encoded(const Features& code) {
  storage::Results results = tests::toy_steered();
  add_code(results, toy_decomposition(-1, 1, "encode", "zero"), kZero);
  add_code(results, toy_decomposition(0, 1, "encode"), code);
  return results;
}

// Codes about one away from the zero vector's.
void add_noise(storage::Results& results, const char* kind) {
  std::int32_t seed = 0;
  for (const double by : {0.9, 1.0, 1.1}) {
    Features code = kZero;
    code[0].second += by;
    add_code(results, toy_decomposition(0, 1, "encode", kind, seed++), code);
  }
}

Answer answer_of(const storage::Results& results) {
  return named_answers(report_source(results)).at(0);
}

}  // namespace

TEST_CASE("a code that noise does not have differs",
          "[analysis][named_answers]") {
  storage::Results results = encoded({{1, 9}, {5, 8}, {6, 7}});
  CHECK(answer_of(results).shown == Shown::not_shown);
  CHECK_THAT(answer_of(results).text, Contains("no noise vector was "));
  add_noise(results, "random");
  const Answer answer = answer_of(results);
  CHECK(answer.shown == Shown::yes);
  CHECK_THAT(answer.text,
             Contains("kind, early: of its 3 strongest features 1 is the zero "
                      "vector's (1)") &&
                 Contains("by more than random noise does."));
}

TEST_CASE("every kind of noise has to be left", "[analysis][named_answers]") {
  storage::Results results = encoded({{1, 10.6}, {2, 8}, {4, 1}});
  add_noise(results, "random");
  CHECK(answer_of(results).shown == Shown::yes);
  std::int32_t seed = 0;
  for (const double far : {4.0, 9.0}) {
    add_code(results, toy_decomposition(0, 1, "encode", "covariance", seed++),
             {{1, 9 + far}});
  }
  CHECK(answer_of(results).shown == Shown::not_shown);
  CHECK_THAT(answer_of(results).text,
             Contains("differs by more than covariance noise does."));
}

TEST_CASE("the zero vector's features are a no", "[analysis][named_answers]") {
  storage::Results results = encoded({{3, 9}, {2, 8}, {1, 7}});
  results.vectors[0].norm = 0.031;
  add_noise(results, "random");
  const Answer answer = answer_of(results);
  CHECK(answer.shown == Shown::no);
  CHECK_THAT(answer.text,
             Contains("its 3 strongest features are all the zero vector's (3, "
                      "2 and 1).") &&
                 Contains("The vector is 3.1 % as long as activations are."));
}

TEST_CASE("without codes there is no answer", "[analysis][named_answers]") {
  storage::Results none = tests::toy_steered();
  CHECK_THAT(answer_of(none).text, Contains("not both encoded"));
  none.saes.clear();
  CHECK_THAT(answer_of(none).text, Contains("there is no SAE"));
  CHECK(answer_of(none).shown == Shown::not_shown);
  CHECK_THAT(answer_of(encoded({})).text, Contains("no feature fires on it"));
}
