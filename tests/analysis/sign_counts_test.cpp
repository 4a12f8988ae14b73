#include "analysis/answers/sign_counts.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;

TEST_CASE("counts without exchanged labels show nothing",
          "[analysis][sign_counts]") {
  storage::Results results = tests::toy_results();
  CHECK(sign_counts(results, signs_at(results, 0, 3), 1).text.empty());
  for (int i = 0; i < 3; ++i) {
    storage::CodeDifferenceRow row;
    row.sae = 1;
    row.mean_code_negative = 1;
    row.encoder_projection = i == 0 ? 1 : -1;
    results.code_differences.push_back(row);
  }
  const SignCounts counts = sign_counts(results, signs_at(results, 0, 3), 1);
  CHECK_FALSE(counts.shown);
  CHECK(counts.text ==
        "of the 3 features whose codes differ most between x+ and x- (early) 2 "
        "fire less on x+ and point away from the vector; x+ and x- "
        "were not exchanged to count by chance");
  CHECK(signs_at(results, 0, 5).empty());
}

TEST_CASE("counts beyond exchanged labels are shown, for all at once",
          "[analysis][sign_counts]") {
  storage::Results results = tests::toy_results();
  for (int i = 0; i < 3; ++i) {
    storage::CodeDifferenceRow row;
    row.sae = 1;
    row.mean_code_negative = 1;
    row.encoder_projection = -1;
    results.code_differences.push_back(row);
  }
  // Of 99 exchanges none has three: p 0.01.
  const std::vector<std::int32_t> none = {99, 0, 0, 0}, few = {0, 90, 9, 0};
  tests::add_sign_null(results, 0, 1, {none, none, none, few}, 12);
  const auto signs = signs_at(results, 0, 3);
  const SignCounts one = sign_counts(results, signs, 2);
  CHECK(one.shown);
  CHECK_THAT(one.text,
             Contains("3 fire less on x+ and point away from the vector; "
                      "with x+ and x- exchanged at random 1 to 2 do, p 0.010"));
  CHECK_FALSE(sign_counts(results, signs, 3).shown);
}
