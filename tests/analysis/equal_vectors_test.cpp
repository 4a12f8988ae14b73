#include "analysis/measures/equal_vectors.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// Four variants of one number each.
storage::Results four(const std::vector<float>& values) {
  storage::Results results = tests::toy_steered();
  for (int i = 0; i < 4; ++i) tests::add_variant(results, {.slopes = {1}});
  storage::Array array{storage::DType::f32, {4, 1}, std::string(16, '\0')};
  std::memcpy(array.bytes.data(), values.data(), 16);
  results.arrays["variant_vectors"] = array;
  return results;
}

using Rows = std::vector<std::int32_t>;

}  // namespace

TEST_CASE("equal bytes are those of the first in the order given",
          "[analysis][equal_vectors]") {
  const storage::Results results = four({1, 2, 1, 1});
  CHECK(equal_vectors(results, Rows{0, 1, 2, 3}) == Rows{0, 1, 0, 0});
  CHECK(equal_vectors(results, Rows{2, 0, 1}) == Rows{2, 1, 2, -1});
}

TEST_CASE("what is done with a vector tells it from an equal one",
          "[analysis][equal_vectors]") {
  storage::Results results = four({1, 1, 1, 1});
  results.variants[1].operation = results.variants[3].operation = 1;
  CHECK(equal_vectors(results, Rows{0, 1, 2, 3}) == Rows{0, 1, 0, 1});
}

TEST_CASE("another place, dose or sign rule is another vector",
          "[analysis][equal_vectors]") {
  storage::Results results = four({1, 1, 1, 1});
  results.variants[1].layer = 5;
  results.variants[2].dose_rule = 1;
  results.variants[3].sign_rule = 1;
  CHECK(equal_vectors(results, Rows{0, 1, 2, 3}) == Rows{0, 1, 2, 3});
}

TEST_CASE("without bytes, or with what was not computed, none are equal",
          "[analysis][equal_vectors]") {
  storage::Results results = four({1, 1, 1, 1});
  results.variants[0].norm = NAN;
  CHECK(equal_vectors(results, Rows{0, 1, 2}) == Rows{0, 1, 1, -1});
  results.arrays.clear();
  CHECK(equal_vectors(results, Rows{0, 1}) == Rows{0, 1, -1, -1});
}
