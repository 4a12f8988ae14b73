#include "analysis/answers/reason_pairs.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

storage::Results steered() {
  storage::Results results = tests::toy_steered();
  for (const char* method : {"encode", "encode-minus-zero", "omp"}) {
    tests::add_code(results, tests::toy_decomposition(0, 1, method), {});
  }
  add_variant(results, {.slopes = std::vector<double>(8, 2)});
  for (const std::int32_t decomposition : {0, 1, 2}) {
    add_variant(results, {.source = "reconstruction",
                          .slopes = std::vector<double>(8, 1),
                          .decomposition = decomposition});
  }
  return results;
}

std::int32_t add_positive(storage::Results& results, std::int32_t of,
                          double slope) {
  const std::int32_t row =
      add_variant(results, {.source = "reconstruction",
                            .slopes = std::vector<double>(8, slope),
                            .decomposition = of});
  results.variants.back().part =
      static_cast<std::int32_t>(storage::Part::positive);
  return row;
}

}  // namespace

TEST_CASE("steps between activations are set beside encode",
          "[analysis][reason_pairs]") {
  storage::Results results = steered();
  const ReportSource source = report_source(results);
  const auto pairs = distribution_pairs(source, source.slopes[0]);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].first->variant == 2);
  CHECK(pairs[0].second->variant == 1);
  // Of another SAE there is nothing to set it beside.
  results.decompositions[0].sae = 0;
  const ReportSource other = report_source(results);
  CHECK(distribution_pairs(other, other.slopes[0]).empty());
}

TEST_CASE("all of a code is set beside its positive part",
          "[analysis][reason_pairs]") {
  storage::Results results = steered();
  const std::int32_t positive = add_positive(results, 2, 0.5);
  add_positive(results, 0, 1);  // encode's is all of it
  const ReportSource source = report_source(results);
  const auto pairs = sign_pairs(source, source.slopes[0]);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].first->variant == 3);
  CHECK(pairs[0].second->variant == positive);
}
