#include "analysis/answers/reason_answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using Catch::Matchers::Contains;
using tests::add_variant;
using tests::around;

namespace {

// What encode, encode-minus-zero, all of omp and its positive part move.
storage::Results steered(double encode, double minus_zero, double omp,
                         double positive) {
  storage::Results results = tests::toy_steered();
  for (const char* method : {"encode", "encode-minus-zero", "omp"}) {
    tests::add_code(results, tests::toy_decomposition(0, 1, method), {});
  }
  add_variant(results, {.slopes = around(4)});
  tests::add_weak_noise(results);
  std::int32_t decomposition = 0;
  for (const double slope : {encode, minus_zero, omp}) {
    add_variant(results, {.source = "reconstruction",
                          .slopes = around(slope),
                          .decomposition = decomposition++});
  }
  add_variant(results, {.source = "reconstruction",
                        .slopes = around(positive),
                        .decomposition = 2});
  results.variants.back().part =
      static_cast<std::int32_t>(storage::Part::positive);
  return results;
}

Answer answer_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  return reason_answers(source, steering_of(source)).at(0);
}

}  // namespace

TEST_CASE("the reason that holds is named, with how much it is",
          "[analysis][reason_answers]") {
  const Answer distribution = answer_of(steered(0.2, 3.2, 3.2, 3.1));
  CHECK(distribution.shown == Shown::yes);
  CHECK(distribution.variants == std::vector<std::int32_t>{0, 6, 5, 7, 8});
  CHECK_THAT(distribution.text,
             Contains("kind, layer 3: the distribution is a reason, signs are "
                      "not shown") &&
                 Contains("encode-minus-zero keeps 0.75") &&
                 Contains("more than encode."));
  const Answer signs = answer_of(steered(3.2, 3.2, 3.2, 0.4));
  CHECK(signs.shown == Shown::yes);
  CHECK_THAT(signs.text,
             Contains("signs are a reason, the distribution is not shown") &&
                 Contains("all of omp keeps 0.70") &&
                 Contains("more than its positive part."));
  CHECK_THAT(answer_of(steered(0.2, 3.2, 3.2, 0.4)).text,
             Contains("distribution and signs are both reasons"));
  const Answer neither = answer_of(steered(3.2, 3.2, 3.2, 3.1));
  CHECK(neither.shown == Shown::not_shown);
  CHECK_THAT(neither.text, Contains("neither reason is shown"));
}

TEST_CASE("without what would tell, it says so", "[analysis][reason_answers]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = around(4)});
  tests::add_weak_noise(results);
  CHECK_THAT(answer_of(results).text, Contains("was trained on): not tried.") &&
                                          Contains("no positive part"));
  storage::Results still = tests::toy_steered();
  CHECK_THAT(answer_of(still).text, Contains("no vector is shown to steer"));
}

TEST_CASE("longer vectors are in the SAE's distribution",
          "[analysis][reason_answers]") {
  storage::Results results = steered(0.2, 3.2, 3.2, 3.1);
  auto longer = results.decompositions[0];
  longer.scale = 16;
  longer.cosine = 0.74;
  results.decompositions.push_back(longer);
  CHECK_THAT(answer_of(results).text,
             Contains("is 0.50 at the vector's own length and at most 0.74, "
                      "with the vector scaled by 16."));
}
