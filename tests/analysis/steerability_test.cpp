#include "analysis/measures/steerability.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// Items with given answers ("A", "B", or none), clusters and slopes.
struct Item {
  const char* letter;
  std::int32_t cluster;
  double slope;
};

// One variant over them, at these multipliers.
storage::Results results_of(const std::vector<Item>& items,
                            const std::vector<double>& multipliers = {-1, 0,
                                                                      1}) {
  storage::Results results;
  results.vectors.resize(1);
  results.vectors[0].median_activation_norm = 10;
  results.variants.resize(1);
  results.variants[0].vector = 0;
  results.variants[0].norm = 2;
  for (std::size_t i = 0; i < items.size(); ++i) {
    storage::ItemRow item;
    item.matching_letter = {items[i].letter};
    item.cluster = items[i].cluster;
    results.items.push_back(item);
    for (const double multiplier : multipliers) {
      storage::PropensityRow row;
      row.item = static_cast<std::int32_t>(i);
      row.multiplier = multiplier;
      row.logit_match = static_cast<float>(0.3 + items[i].slope * multiplier);
      row.logit_other = 0.3F;
      row.log_sum_exp = multiplier == 0 ? 0.3F + std::log(4.0F) : 10.0F;
      results.propensity.push_back(row);
    }
  }
  return results;
}

// A cluster each.
std::vector<Item> apart(const std::vector<const char*>& letters,
                        const std::vector<double>& slopes) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    items.push_back({letters[i], static_cast<std::int32_t>(i), slopes[i]});
  }
  return items;
}

const std::vector<const char*> kWords(8, "");

}  // namespace

TEST_CASE("a vector that only moves letters has no content slope",
          "[analysis][steerability]") {
  // A plain mean is mostly letters when the matching letters are unbalanced.
  const auto found = steerability(
      results_of(apart({"A", "A", "A", "B"}, {-0.5, -0.5, -0.5, 0.5})));
  REQUIRE(found.size() == 1);
  CHECK(found[0].mean_slope == Approx(-0.25));
  CHECK(found[0].content_slope.estimate == Approx(0).margin(1e-7));
  CHECK(found[0].answer_slope.estimate == Approx(-0.5));
  CHECK(found[0].share_negative == Approx(0.75));
  CHECK(found[0].dose_per_multiplier == Approx(0.2));
}

TEST_CASE("content is what both answers' clusters share, by Welch's interval",
          "[analysis][steerability]") {
  const std::vector<const char*> letters = {"A", "A", "A", "A",
                                            "B", "B", "B", "B"};
  storage::Results results =
      results_of(apart(letters, {0.9, 1.1, 1.0, 1.2, 0.2, 0.4, 0.3, 0.5}));
  // scipy 1.17: (1.05 + 0.35) / 2 +- t(0.975, 6) sqrt((s_A^2 + s_B^2) / 16).
  const auto check = [](const Steerability& one) {
    CHECK(one.content_slope.estimate == Approx(0.7));
    CHECK(one.content_slope.low == Approx(0.588314).margin(1e-5));
    CHECK(one.content_slope.high == Approx(0.811686).margin(1e-5));
    CHECK(one.answer_slope.estimate == Approx(0.35));
    CHECK(one.answer_slope.high == Approx(0.461686).margin(1e-5));
    CHECK(one.df == Approx(6));
    CHECK(one.one_answer_each);
    CHECK(one.n_clusters == 8);
    CHECK(one.n_first == 4);
  };
  check(steerability(results)[0]);
  // Yes and No are the same.
  for (storage::ItemRow& item : results.items) {
    item.matching_answer = item.matching_letter.str() == "A" ? 1 : -1;
    item.matching_letter = {};
  }
  check(steerability(results)[0]);
}

TEST_CASE("each cluster counts once, and each item once beside it",
          "[analysis][steerability]") {
  // Eight clusters in words, the first of three items.
  std::vector<Item> items = apart(kWords, {1, 2, 3, 4, 5, 6, 7, 8});
  items.push_back({"", 0, 1});
  items.push_back({"", 0, 1});
  const auto found = steerability(results_of(items));
  CHECK(found[0].n_clusters == 8);
  CHECK(found[0].content_slope.estimate == Approx(4.5));
  // t(0.975, 7) sqrt(6) / sqrt(8), scipy 1.17.
  CHECK(found[0].content_slope.low == Approx(2.452175).margin(1e-5));
  CHECK(found[0].standard_error == Approx(std::sqrt(6.0 / 8)));
  CHECK(found[0].item_weighted.estimate == Approx(3.8));
  CHECK(found[0].mean_slope == Approx(3.8));
  CHECK(found[0].item_weighted.low < 3.8);
  CHECK(std::isnan(found[0].answer_slope.estimate));
  CHECK(too_few(found[0]).empty());
}

TEST_CASE("too few clusters have no interval, and are counted",
          "[analysis][steerability]") {
  const auto words = steerability(results_of({{"", 0, 1},
                                              {"", 0, 2},
                                              {"", 1, 3},
                                              {"", 2, 3},
                                              {"", 3, 1},
                                              {"", 4, 2}}));
  CHECK(words[0].content_slope.estimate == Approx(2.1));
  CHECK(std::isnan(words[0].content_slope.low));
  CHECK(std::isnan(words[0].standard_error));
  CHECK(std::isnan(words[0].probability_change.high));
  CHECK(std::isnan(words[0].item_weighted.high));
  CHECK(too_few(words[0]) == "too few clusters (5)");
  const auto letters = steerability(results_of(apart(
      {"A", "A", "A", "A", "A", "B", "B", "B"}, {1, 2, 3, 4, 5, 1, 2, 3})));
  CHECK(std::isnan(letters[0].content_slope.low));
  CHECK(std::isnan(letters[0].answer_slope.low));
  CHECK(too_few(letters[0]) == "too few clusters (3 of one answer)");
}

TEST_CASE("answer mass is read unsteered and at the ends",
          "[analysis][steerability]") {
  const auto found = steerability(results_of(apart({"A", "B"}, {0, 0})));
  CHECK(found[0].answer_mass_clean == Approx(0.5));
  CHECK(found[0].answer_mass_steered ==
        Approx(2 * std::exp(-9.7)).epsilon(1e-4));
}

TEST_CASE("the gain in probability ends at multiplier 1, or at the largest",
          "[analysis][steerability]") {
  const std::vector<Item> items = apart(kWords, {0, 0, 0, 0, 1, 1, 2, 2});
  // 100 (sigmoid(slope) - 1 / 2): 0, 23.1059, 38.0797 (numpy).
  const auto found = steerability(results_of(items))[0];
  CHECK(found.probability_multiplier == 1);
  CHECK(found.symmetric);
  CHECK(found.probability_change.estimate ==
        Approx((2 * 23.1059 + 2 * 38.0797) / 8).epsilon(1e-4));
  CHECK(found.probability_change.low < found.probability_change.estimate);
  const auto twice = steerability(results_of(items, {-1, 0, 2}))[0];
  CHECK(twice.probability_multiplier == 2);
  CHECK_FALSE(twice.symmetric);
  // sigmoid(2), sigmoid(4).
  CHECK(twice.probability_change.estimate ==
        Approx((2 * 38.0797 + 2 * 48.2014) / 8).epsilon(1e-4));
  CHECK(steerability(results_of(items, {0, 1, 2}))[0].probability_multiplier ==
        1);
  const auto none = steerability(results_of(items, {-2, -1}))[0];
  CHECK(std::isnan(none.probability_multiplier));
  CHECK(std::isnan(none.probability_change.estimate));
}

TEST_CASE("items without numbers are counted and left out",
          "[analysis][steerability]") {
  storage::Results results = results_of(apart({"A", "B"}, {1, 1}));
  results.propensity[0].logit_match = NAN;
  const auto found = steerability(results);
  CHECK(found[0].n_items == 2);
  CHECK(found[0].n_missing == 1);
  CHECK(found[0].item_slopes.size() == 1);
  CHECK(found[0].n_clusters == 1);
}

TEST_CASE("an original is found by vector and dose",
          "[analysis][steerability]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {4}});
  tests::add_variant(results, {"random", 0, 3, {1}, -1, 0});
  tests::add_variant(results, {"random", 0, 5, {1}, -1, 0});
  tests::add_variant(results, {"random", 0, 3, {1}, -1, 0});
  results.variants[3].dose_rule = 1;
  const auto all = steerability(results);
  const Originals originals(results, all);
  CHECK(originals.of(results.variants[0]) == &all[0]);
  CHECK(originals.of(results.variants[1]) == &all[0]);
  CHECK(originals.of(results.variants[2]) == nullptr);
  CHECK(originals.of(results.variants[3]) == nullptr);
}
