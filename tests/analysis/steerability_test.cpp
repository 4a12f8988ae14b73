#include "analysis/measures/steerability.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/table_text.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

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
  const std::string csv = to_csv(tests::table_of(steerability_table, results));
  CHECK_THAT(csv, !Catch::Contains("inf"));
}

TEST_CASE("an original's interval has its resampled vectors in it",
          "[analysis][steerability]") {
  // The items agree; the vectors do not.
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {2, 2, 2, 2}});
  const auto without = steerability(results);
  CHECK(without[0].n_vectors == 0);
  CHECK(without[0].content_slope.high == Approx(2));
  for (const double slope : {1.0, 2.0, 3.0}) {
    tests::add_variant(results, {"resampled",
                                 0,
                                 3,
                                 {slope, slope, slope, slope},
                                 -1,
                                 static_cast<int>(slope)});
  }
  const auto found = steerability(results);
  CHECK(found[0].n_vectors == 3);
  CHECK(found[0].content_slope.estimate == Approx(2));
  CHECK(found[0].content_slope.low == Approx(1));
  CHECK(found[0].content_slope.high == Approx(3));
  CHECK(found[0].standard_error == Approx(std::sqrt(2.0 / 3)).epsilon(0.01));
  // They stand for the original: they are not compared with it.
  CHECK(std::isnan(found[1].p_same));
  // One that lacks an item is left out.
  results.propensity.back().logit_match = NAN;
  CHECK(steerability(results)[0].n_vectors == 2);
}

TEST_CASE("a variant is compared with its original on the items of both",
          "[analysis][steerability]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {4, 4, 4, 4}});
  tests::add_variant(results, {"random", 0, 3, {1, 1, 3, 3}, -1, 0});
  tests::add_variant(results, {"random", 0, 5, {1, 1, 3, 3}, -1, 0});
  const auto found = steerability(results);
  CHECK(std::isnan(found[0].p_same));
  CHECK(found[1].retained.estimate == Approx(0.5));
  // All four differences have one sign: two of the sixteen patterns.
  CHECK(found[1].p_same == Approx(2.0 / 16));
  // No original was swept at layer 5.
  CHECK(std::isnan(found[2].p_same));
  CHECK(std::isnan(found[2].retained.estimate));
  results.propensity.back().logit_match = NAN;  // the last item, layer 5
  results.propensity[8 + 6].logit_match = NAN;  // and of random at layer 3
  CHECK(steerability(results)[1].retained.estimate == Approx(5.0 / 12));
}

TEST_CASE("retained is said only where the original steers",
          "[analysis][steerability]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {-4, 4, -3, 4}});
  tests::add_variant(results, {"random", 0, 3, {1, 1, 3, 3}, -1, 0});
  CHECK(std::isnan(steerability(results)[1].retained.estimate));
  const Table table = tests::table_of(steerability_table, results);
  CHECK(tests::shown(table, 0, "remark") == "original does not steer");
  CHECK(tests::shown(table, 0, "retained") == "-");
}

TEST_CASE("seeds of noise are one row, with the band that they leave",
          "[analysis][steerability]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {9, 9, 9, 9}});
  for (const double slope : {1.0, 2.0, 3.0, 4.0, 5.0}) {
    tests::add_variant(results, {"random",
                                 0,
                                 3,
                                 {slope, slope, slope, slope},
                                 -1,
                                 static_cast<int>(slope),
                                 0});
  }
  const Table table = tests::table_of(steerability_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(tests::shown(table, 0, "retained") == "1.00");
  CHECK(tests::shown(table, 1, "variant") == "random x5");
  // 3 +- t(0.975, 4) sqrt(2.5 * 1.2).
  CHECK(tests::shown(table, 1, "content slope") == "3.0 [-1.8, 7.8]");
  CHECK(tests::shown(table, 1, "retained") == "0.33");
  CHECK(tests::shown(table, 0, "p random") == "0.026");
  // Each seed has its row in the table of slopes.
  CHECK(tests::table_of(slopes_table, results).rows.size() == 6);
}

TEST_CASE("noise of another vector or dose is another row",
          "[analysis][steerability]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {"random", 0, 3, {1, 1}, -1, 0});
  tests::add_variant(results, {"random", 0, 5, {1, 1}, -1, 0});
  tests::add_variant(results, {"random", 0, 5, {1, 1}, -1, 0});
  results.variants[2].dose_rule = 1;
  tests::add_variant(results, {"covariance", 0, 5, {1, 1}, -1, 0});
  CHECK(tests::table_of(steerability_table, results).rows.size() == 4);
}
