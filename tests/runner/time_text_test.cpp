#include "runner/base/time_text.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("durations are short, and rounded up", "[runner][time_text]") {
  CHECK(duration_text(-3) == "0 s");
  CHECK(duration_text(0.2) == "1 s");
  CHECK(duration_text(59.5) == "1m00");
  CHECK(duration_text(185) == "3m05");
  CHECK(duration_text(4320) == "1h12");
  CHECK(duration_text(2 * 86400 + 3 * 3600 + 59) == "2d03h");
}

TEST_CASE("a time of another day has its date", "[runner][time_text]") {
  const double noon = 1'764'000'000;
  CHECK(moment_text(noon + 60, noon).size() == 5);
  const std::string later = moment_text(noon + 3 * 86400, noon);
  CHECK(later.size() == 16);
  CHECK(later.starts_with("2025-11-"));
  CHECK(moment_text(noon + 365 * 86400, noon).size() == 16);
  CHECK(clock_text(noon).size() == 8);
}
