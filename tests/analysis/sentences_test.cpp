#include "analysis/forms/sentences.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("counts and lists are spelled", "[analysis][sentences]") {
  CHECK(counted(1, "layer") == "1 layer");
  CHECK(counted(2, "layer") == "2 layers");
  CHECK(listed({}).empty());
  CHECK(listed({"a"}) == "a");
  CHECK(listed({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("sentences begin large", "[analysis][sentences]") {
  CHECK(capitalised("slopes by layer") == "Slopes by layer");
  CHECK(capitalised("20 clusters") == "20 clusters");
  CHECK(capitalised("\u00e4").size() == 2);
  CHECK(capitalised("").empty());
}
