#include "analysis/statistics/detectable.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

TEST_CASE("what can be detected grows as degrees of freedom fall",
          "[analysis][detectable]") {
  // t.ppf(0.975, df) + t.ppf(0.8, df), scipy 1.17.
  CHECK(smallest_detectable(0.5, 7) == Approx(0.5 * 3.2606539).epsilon(1e-6));
  CHECK(smallest_detectable(1, 1e6) == Approx(2.80159).epsilon(1e-5));
  CHECK(std::isnan(smallest_detectable(NAN, 7)));
  CHECK(std::isnan(smallest_detectable(1, NAN)));
}
