#include "analysis/steerability.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// One variant over items with given letters and slopes, multipliers -1, 0, 1.
storage::Results results_of(const std::vector<std::string>& letters,
                            const std::vector<double>& slopes) {
  storage::Results results;
  results.vectors.resize(1);
  results.vectors[0].median_activation_norm = 10;
  results.variants.resize(1);
  results.variants[0].vector = 0;
  results.variants[0].norm = 2;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    storage::ItemRow item;
    item.matching_letter = {letters[i]};
    item.cluster = static_cast<std::int32_t>(i);
    results.items.push_back(item);
    for (const double multiplier : {-1.0, 0.0, 1.0}) {
      storage::PropensityRow row;
      row.item = static_cast<std::int32_t>(i);
      row.multiplier = multiplier;
      row.logit_match = static_cast<float>(0.3 + slopes[i] * multiplier);
      row.logit_other = 0.3F;
      row.log_sum_exp = multiplier == 0 ? 0.3F + std::log(4.0F) : 10.0F;
      results.propensity.push_back(row);
    }
  }
  return results;
}

}  // namespace

TEST_CASE("a vector that only moves letters has no content slope",
          "[analysis][steerability]") {
  // A plain mean is mostly letters when the matching letters are unbalanced.
  const auto found =
      steerability(results_of({"A", "A", "A", "B"}, {-0.5, -0.5, -0.5, 0.5}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].mean_slope == Approx(-0.25));
  CHECK(found[0].content_slope.estimate == Approx(0).margin(1e-7));
  CHECK(found[0].letter_slope.estimate == Approx(-0.5));
  CHECK(found[0].share_negative == Approx(0.75));
  CHECK(found[0].dose_per_multiplier == Approx(0.2));
}

TEST_CASE("content is what both letters' items share",
          "[analysis][steerability]") {
  const auto found =
      steerability(results_of({"A", "A", "B", "B"}, {0.9, 1.1, 0.2, 0.4}));
  CHECK(found[0].content_slope.estimate == Approx(0.65));
  CHECK(found[0].letter_slope.estimate == Approx(0.35));
  // Resampling happens within the letters: 0.9..1.1 and 0.2..0.4.
  CHECK(found[0].content_slope.low == Approx(0.55).margin(0.01));
  CHECK(found[0].content_slope.high == Approx(0.75).margin(0.01));
}

TEST_CASE("answers in words have no letter slope", "[analysis][steerability]") {
  const auto found = steerability(results_of({"", "", ""}, {1, 2, 3}));
  CHECK(found[0].content_slope.estimate == Approx(2));
  CHECK(std::isnan(found[0].letter_slope.estimate));
}

TEST_CASE("answer mass is read unsteered and at the ends",
          "[analysis][steerability]") {
  const auto found = steerability(results_of({"A", "B"}, {0, 0}));
  CHECK(found[0].answer_mass_clean == Approx(0.5));
  CHECK(found[0].answer_mass_steered ==
        Approx(2 * std::exp(-9.7)).epsilon(1e-4));
}

TEST_CASE("items without numbers are counted and left out",
          "[analysis][steerability]") {
  storage::Results results = results_of({"A", "B"}, {1, 1});
  results.propensity[0].logit_match = NAN;
  const auto found = steerability(results);
  CHECK(found[0].n_items == 2);
  CHECK(found[0].n_missing == 1);
  CHECK(found[0].item_slopes.size() == 1);
}

TEST_CASE("a variant of length zero has no slope per dose",
          "[analysis][steerability]") {
  storage::Results results = results_of({"A", "B"}, {1, 1});
  results.variants[0].norm = 0;
  const std::string csv = to_csv(steerability_table(results));
  CHECK_THAT(csv, !Catch::Contains("inf"));
}
