#include "runner/sweep/known_names.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("few names are all said, of many the nearest",
          "[runner][known_names]") {
  CHECK(one_of({"a", "b"}, "c") == "one of a, b");
  CHECK_THAT(one_of({}, "c"), Catch::Contains("none"));
  std::set<std::string> many{"encode"};
  for (int i = 0; i < 20; ++i) many.insert("method" + std::to_string(i));
  CHECK(one_of(many, "encoded") == "one that the sweep has, such as encode");
}
