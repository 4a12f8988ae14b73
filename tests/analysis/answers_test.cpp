#include "analysis/answers/answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/simulated_answers.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::ClaimCounts;
using tests::count_claims;
using tests::PlantedSlopes;

namespace {

// Fewer than bench_answers has, which asks for 50 of 1,000: at 3 % there are
// more than 9 in 100, or 4 in 20, once in two thousand times. A sanitizer takes
// ten times as long, and looks at memory, not at rates.
#ifdef __SANITIZE_ADDRESS__
constexpr int kResults = 20, kFew = 4, kMost = 16;
#else
constexpr int kResults = 100, kFew = 9, kMost = 90;
#endif

}  // namespace

TEST_CASE("where there is nothing, nothing is claimed", "[analysis][answers]") {
  const ClaimCounts nothing = count_claims({}, kResults);
  CHECK(nothing.steers <= kFew);
  CHECK(nothing.keeps <= kFew);
  CHECK(nothing.differs <= kFew);
  CHECK(nothing.signs <= kFew);
  const ClaimCounts vector = count_claims({.original = 4}, kResults);
  CHECK(vector.steers >= kMost);
  CHECK(vector.keeps <= kFew);
  CHECK(vector.distribution <= kFew);
  CHECK(vector.signs <= kFew);
}

TEST_CASE("what is planted is claimed, and no more", "[analysis][answers]") {
  const ClaimCounts inside = count_claims({.original = 4,
                                           .encode = 3,
                                           .encode_minus_zero = 3,
                                           .omp = 3,
                                           .omp_positive = 3},
                                          kResults);
  CHECK(inside.keeps >= kMost);
  CHECK(inside.distribution <= kFew);
  CHECK(inside.signs <= kFew);
  const ClaimCounts outside = count_claims({.original = 4,
                                            .encode_minus_zero = 3.5,
                                            .omp = 3.5,
                                            .omp_positive = 3.5},
                                           kResults);
  CHECK(outside.distribution >= kMost);
  CHECK(outside.signs <= kFew);
  const ClaimCounts signs = count_claims(
      {.original = 4, .encode = 3, .encode_minus_zero = 3, .omp = 3.5},
      kResults);
  CHECK(signs.signs >= kMost);
  CHECK(signs.distribution <= kFew);
  CHECK(count_claims({.code = 20}, kResults).differs >= kMost);
}

TEST_CASE("every question has an answer, of whatever results",
          "[analysis][answers]") {
  std::vector<storage::Results> all = {storage::Results(), tests::toy_steered(),
                                       tests::toy_steered()};
  tests::add_weak_noise(all.back());  // noise alone
  all.push_back(tests::toy_steered());
  all.back().saes.clear();
  tests::add_variant(all.back(), {.slopes = std::vector<double>(8, 1)});
  for (const storage::Results& results : all) {
    const std::vector<Answer> found = answers(report_source(results));
    CHECK(found.size() == 5);
    for (const Answer& one : found) {
      CHECK(one.text.ends_with('.'));
      if (!one.question.starts_with("What is missing")) {
        CHECK(one.shown == Shown::not_shown);
      }
    }
  }
  CHECK(name_of(Shown::not_shown) == "not shown");
}

TEST_CASE("of Yes and No the content is told apart", "[analysis][answers]") {
  // Each question has one of the two; what moves is the answer alone.
  storage::Results results = tests::toy_steered();
  std::vector<double> slopes;
  for (std::size_t i = 0; i < results.items.size(); ++i) {
    const bool yes = i % 2 == 0;
    results.items[i].matching_answer = yes ? 1 : -1;
    slopes.push_back((yes ? 2 : -2) + 0.1 * static_cast<double>(i % 3));
  }
  results.behaviours[0].answer_first = {"Yes"};
  results.behaviours[0].answer_second = {"No"};
  tests::add_variant(results, {.slopes = slopes});
  tests::add_weak_noise(results);
  const std::vector<Answer> found = answers(report_source(results));
  CHECK(found[0].shown == Shown::not_shown);
  CHECK(found[0].text.find("8 questions") != std::string::npos);
  CHECK(found.back().text.find("is always Yes, or always No") !=
        std::string::npos);
}
