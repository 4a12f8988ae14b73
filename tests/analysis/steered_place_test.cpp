#include "analysis/measures/steered_place.hpp"

#include <catch2/catch.hpp>

#include "storage/results/enumerations.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using storage::Operation;
using tests::add_variant;

namespace {

void act(storage::Results& results, Operation operation) {
  results.variants.back().operation = static_cast<std::int32_t>(operation);
}

}  // namespace

TEST_CASE("variants of one vector, dose and operation share a place",
          "[analysis][steered_place]") {
  storage::VariantRow one;
  one.vector = 3;
  one.dose_rule = 1;
  storage::VariantRow other = one;
  other.source = 4;
  CHECK(place_of(one) == place_of(other));
  other.operation = 1;
  CHECK(place_of(one) != place_of(other));
  other = one;
  other.dose_rule = 0;
  CHECK(place_of(one) != place_of(other));
  other = one;
  other.vector = 2;
  CHECK(place_of(one) != place_of(other));
}

TEST_CASE("the main operation is addition where originals are added",
          "[analysis][steered_place]") {
  storage::Results results = tests::toy_steered();
  CHECK(main_operations(results) == std::vector<std::int32_t>{0, 0});
  add_variant(results, {.slopes = {1}});
  act(results, Operation::rotate);
  add_variant(results, {.slopes = {1}});
  act(results, Operation::project_out);
  CHECK(main_operations(results) == std::vector<std::int32_t>{1, 0});
  add_variant(results, {"random", 0, 3, {1}, -1, 0});
  CHECK(main_operations(results) == std::vector<std::int32_t>{1, 0});
  add_variant(results, {.slopes = {1}});
  CHECK(main_operations(results) == std::vector<std::int32_t>{0, 0});
}

TEST_CASE("without an original any variant says what the main operation is",
          "[analysis][steered_place]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {"random", 1, 3, {1}, -1, 0});
  act(results, Operation::rotate);
  CHECK(main_operations(results) == std::vector<std::int32_t>{0, 3});
}
