#include "analysis/statistics/detectable_effect.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

namespace {

constexpr double kTolerance = 1e-7;  // of integrals to 1e-9

}  // namespace

// Golden values: tests/data/make/detectable_effects.py.

TEST_CASE("the smallest effect of so many clusters has a power of 80 %",
          "[analysis][detectable_effect]") {
  CHECK(detectable_effect(6) == Approx(1.434544782).epsilon(kTolerance));
  CHECK(detectable_effect(10) == Approx(0.996001371).epsilon(kTolerance));
  CHECK(detectable_effect(20) == Approx(0.660441655).epsilon(kTolerance));
  CHECK(detectable_effect(50) == Approx(0.404183002).epsilon(kTolerance));
  CHECK(detectable_effect(200) == Approx(0.199064175).epsilon(kTolerance));
}

TEST_CASE("of two sorts of clusters it is that of half their sum",
          "[analysis][detectable_effect]") {
  CHECK(detectable_effect(4, 4) == Approx(1.190377107).epsilon(kTolerance));
  CHECK(detectable_effect(4, 20) == Approx(1.005873118).epsilon(kTolerance));
  CHECK(detectable_effect(20, 4) == Approx(1.005873118).epsilon(kTolerance));
  CHECK(detectable_effect(10, 10) == Approx(0.662473696).epsilon(kTolerance));
  CHECK(detectable_effect(33, 27) == Approx(0.369927374).epsilon(kTolerance));
}

TEST_CASE("too few clusters can show nothing",
          "[analysis][detectable_effect]") {
  for (const int n : {0, 1, 5}) CHECK(std::isnan(detectable_effect(n)));
  CHECK(std::isnan(detectable_effect(3, 40)));
  CHECK(std::isnan(detectable_effect(40, 3)));
  CHECK(std::isnan(detectable_effect(0, 40)));
}
