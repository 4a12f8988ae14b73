#include "runner/base/device_kinds.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("a mixed run names its kinds in one order",
          "[runner][device_kinds]") {
  CHECK(kinds_of("").empty());
  CHECK(with_kind("", "cuda H200") == "cuda H200");
  const std::string both = with_kind("cuda H200", "cpu");
  CHECK(both == with_kind("cpu", "cuda H200"));
  CHECK(with_kind(both, "cpu") == both);
  CHECK(kinds_of(both) == std::vector<std::string>{"cpu", "cuda H200"});
}
