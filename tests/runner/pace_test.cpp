#include "runner/status/pace.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("a pace needs two moments", "[runner][pace]") {
  Pace pace;
  CHECK(pace.rate().tasks == 0);
  pace.add(10, 5, 100);
  CHECK(pace.rate().tasks == 0);
  pace.add(10, 6, 200);  // no time has passed
  CHECK(pace.rate().flops == 0);
}

TEST_CASE("a pace counts what was done since it was first asked",
          "[runner][pace]") {
  Pace pace;
  pace.add(100, 50, 1000);
  pace.add(110, 70, 1500);
  CHECK(pace.rate().tasks == Approx(2));
  CHECK(pace.rate().flops == Approx(50));
}

TEST_CASE("a pace forgets what lies behind its window", "[runner][pace]") {
  Pace pace(60);
  pace.add(0, 0, 0);
  for (int second = 1; second <= 100; ++second) pace.add(second, second, 0);
  CHECK(pace.rate().tasks == Approx(1));
  // Nothing more is done: the rate falls to nothing within the window.
  for (int second = 101; second <= 160; ++second) pace.add(second, 100, 0);
  CHECK(pace.rate().tasks == 0);
}
