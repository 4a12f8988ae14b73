#include "jobs/device/blas.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::jobs;

TEST_CASE("processors that OpenBLAS does not know get what they run",
          "[jobs][blas]") {
  CHECK(better_blas_core("Prescott", true, true) == "SkylakeX");
  CHECK(better_blas_core("Prescott", true, false) == "Haswell");
  CHECK(better_blas_core("Prescott", false, false).empty());
  // It knew the processor, or is none.
  CHECK(better_blas_core("Zen", true, true).empty());
  CHECK(better_blas_core("", true, true).empty());
}
