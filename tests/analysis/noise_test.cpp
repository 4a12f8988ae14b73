#include "analysis/measures/noise.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

TEST_CASE("seeds of a kind are one noise, wherever they stand",
          "[analysis][noise]") {
  storage::Results results = tests::toy_steered();
  for (const std::int32_t seed : {0, 1}) {
    add_variant(results, {"random", 0, 3, {1}, -1, seed});
    add_variant(results, {"shuffled", 0, 3, {1}, -1, seed});
    add_variant(results, {.source = "shuffled",
                          .slopes = {1},
                          .seed = seed,
                          .norm_rule = storage::NormRule::as_is});
    add_variant(results, {"random", 0, 5, {1}, -1, seed});
  }
  add_variant(results, {"random", 0, 3, {1}, -1, 0});
  results.variants.back().dose_rule = 1;
  const auto slopes = steerability(results);
  const auto all = noise_of(results, slopes);
  REQUIRE(all.size() == 5);
  CHECK(all[0].kind == NoiseKind::random);
  CHECK(all[0].seeds ==
        std::vector<const Steerability*>{&slopes[0], &slopes[4]});
  CHECK(name_of(all[1].kind) == "shuffled, stretched");
  CHECK(name_of(all[2].kind) == "shuffled");
  CHECK(decides(all[2].kind));
  CHECK_FALSE(decides(all[1].kind));
  CHECK(all[4].place.dose_rule == 1);
}

TEST_CASE("symmetric noise has its band around 0, other noise around its mean",
          "[analysis][noise]") {
  storage::Results results = tests::toy_steered();
  for (const double slope : {1.0, 2.0, 3.0, 4.0, 5.0}) {
    add_variant(
        results,
        {"random", 0, 3, {slope}, -1, static_cast<std::int32_t>(slope)});
    add_variant(
        results,
        {"shuffled", 0, 3, {slope}, -1, static_cast<std::int32_t>(slope)});
  }
  const auto slopes = steerability(results);
  auto all = noise_of(results, slopes);
  REQUIRE(all.size() == 2);
  // 0 +- t(0.975, 5) sqrt(11), scipy 1.17.
  CHECK(is_symmetric(all[0]));
  CHECK(band_of(all[0]).estimate == Approx(3));
  CHECK(band_of(all[0]).low == Approx(-8.52566).epsilon(1e-5));
  CHECK(band_of(all[0]).high == Approx(8.52566).epsilon(1e-5));
  // 3 +- t(0.975, 4) sqrt(2.5 x 1.2).
  CHECK_FALSE(is_symmetric(all[1]));
  CHECK(band_of(all[1]).low == Approx(3 - 4.80894).epsilon(1e-4));
  // Projected out, v and -v are the same direction: nothing turns with the
  // sign.
  for (const auto& [operation, symmetric] :
       {std::pair{storage::Operation::project_out, false},
        std::pair{storage::Operation::rotate, true}}) {
    for (auto& row : results.variants) {
      row.operation = static_cast<std::int32_t>(operation);
    }
    const auto other = steerability(results);
    CHECK(is_symmetric(noise_of(results, other)[0]) == symmetric);
  }
  // Multipliers of one sign: slopes don't turn with the direction.
  for (auto& row : results.propensity) row.multiplier += 1;
  const auto one_sided = steerability(results);
  CHECK_FALSE(is_symmetric(noise_of(results, one_sided)[0]));
}

TEST_CASE("a seed that was not computed is not counted", "[analysis][noise]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {"random", 0, 3, {1}, -1, 0});
  add_variant(results, {"random", 0, 3, {NAN}, -1, 1});
  const auto slopes = steerability(results);
  CHECK(content_slopes(noise_of(results, slopes)[0]) == std::vector<double>{1});
}
