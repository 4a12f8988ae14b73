#include "runner/base/spelled.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("durations are short, and rounded up", "[runner][spelled]") {
  CHECK(spelled_seconds(-3) == "0 s");
  CHECK(spelled_seconds(0.2) == "1 s");
  CHECK(spelled_seconds(59.5) == "1m00");
  CHECK(spelled_seconds(185) == "3m05");
  CHECK(spelled_seconds(4320) == "1h12");
  CHECK(spelled_seconds(2 * 86400 + 3 * 3600 + 59) == "2d03h");
}

TEST_CASE("a time of another day has its date", "[runner][spelled]") {
  const double noon = 1'764'000'000;
  CHECK(spelled_time(noon + 60, noon).size() == 5);
  const std::string later = spelled_time(noon + 3 * 86400, noon);
  CHECK(later.size() == 16);
  CHECK(later.starts_with("2025-11-"));
  CHECK(spelled_time(noon + 365 * 86400, noon).size() == 16);
  CHECK(spelled_clock(noon).size() == 8);
}
