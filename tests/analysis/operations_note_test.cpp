#include "analysis/measures/operations_note.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("multipliers of other operations are said to be of another kind",
          "[analysis][operations_note]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {1}});
  CHECK(operations_note(results).empty());
  for (const int operation : {3, 1}) {
    tests::add_variant(results, {.slopes = {1}});
    results.variants.back().operation = operation;
  }
  const std::string note = operations_note(results);
  CHECK_THAT(note, Catch::StartsWith("operations other than addition: "
                                     "project-out, per share"));
  CHECK_THAT(note, Catch::Contains("rotate, per degree"));
  CHECK_THAT(note, !Catch::Contains("add-keep-norm"));
}
