#include "runner/status/recent_rate.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("a rate needs two moments", "[runner][recent_rate]") {
  RecentRate recent;
  CHECK(recent.rate().tasks == 0);
  recent.add(10, 5, 100);
  CHECK(recent.rate().tasks == 0);
  recent.add(10, 6, 200);  // no time has passed
  CHECK(recent.rate().flops == 0);
}

TEST_CASE("a rate counts what was done since it was first asked",
          "[runner][recent_rate]") {
  RecentRate recent;
  recent.add(100, 50, 1000);
  recent.add(110, 70, 1500);
  CHECK(recent.rate().tasks == Approx(2));
  CHECK(recent.rate().flops == Approx(50));
}

TEST_CASE("a rate forgets what lies behind its window",
          "[runner][recent_rate]") {
  RecentRate recent(60);
  recent.add(0, 0, 0);
  for (int second = 1; second <= 100; ++second) recent.add(second, second, 0);
  CHECK(recent.rate().tasks == Approx(1));
  // Nothing more is done: the rate falls to nothing within the window.
  for (int second = 101; second <= 160; ++second) recent.add(second, 100, 0);
  CHECK(recent.rate().tasks == 0);
}
