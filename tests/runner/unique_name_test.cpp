#include "runner/report/unique_name.hpp"

#include <catch2/catch.hpp>

using coxswain::runner::unique_name;

TEST_CASE("a name that is taken gets the first free number",
          "[runner][unique_name]") {
  std::set<std::string> taken;
  CHECK(unique_name("a", taken) == "a");
  CHECK(unique_name("a", taken) == "a_2");
  // A number that somebody's name has already.
  CHECK(unique_name("a_3", taken) == "a_3");
  CHECK(unique_name("a", taken) == "a_4");
  CHECK(unique_name("b", taken) == "b");
}
