#include "analysis/answers/equal_noise.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

storage::Results noisy() {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = std::vector<double>(8, 1)});
  std::int32_t seed = 0;
  for (const double slope : {-0.4, 0.2, 0.3}) {
    add_variant(results, {.source = "shuffled",
                          .slopes = std::vector<double>(8, slope),
                          .seed = seed++,
                          .norm_rule = storage::NormRule::as_is});
  }
  tests::add_weak_noise(results);
  return results;
}

}  // namespace

TEST_CASE("an original is held against what decides at its place",
          "[analysis][equal_noise]") {
  const storage::Results results = noisy();
  const ReportSource source = report_source(results);
  const auto bands = bands_at(source, source.slopes[0], 1);
  REQUIRE(bands.size() == 2);
  CHECK(bands[0].kind == NoiseKind::random);
  CHECK(bands[0].seeds == 4);
  // t(0.975, 4) sqrt(0.1 / 4).
  CHECK(bands[0].band.high == Approx(2.776445 * 0.158114).epsilon(1e-5));
  CHECK(bands[1].kind == NoiseKind::shuffled);
  CHECK(named(bands).starts_with(
      "random (+-0.44, 4 directions) and shuffled ([-"));
  CHECK(leaves(bands, 5));
  CHECK_FALSE(leaves(bands, 0.5));
  CHECK_FALSE(leaves({}, 5));
}

TEST_CASE("reconstructions are held against what is as long, all at once",
          "[analysis][equal_noise]") {
  const storage::Results results = noisy();
  const ReportSource source = report_source(results);
  const auto bands = equal_bands_at(source, source.slopes[0], 4);
  REQUIRE(bands.size() == 1);
  // t(1 - 0.025 / 4, 4).
  CHECK(bands[0].band.high == Approx(4.314656 * 0.158114).epsilon(1e-5));
  CHECK(leaves(bands, -0.7));
  CHECK_FALSE(leaves(bands, 0.6));
  // sqrt(2) times as far.
  CHECK(leaves_differences(bands, 0.97));
  CHECK_FALSE(leaves_differences(bands, -0.96));
  CHECK_FALSE(leaves_differences({}, 5));
}
