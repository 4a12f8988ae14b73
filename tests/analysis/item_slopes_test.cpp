#include "analysis/measures/item_slopes.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("a rank correlation is Spearman's", "[analysis][item_slopes]") {
  // IQ and hours of television of ten persons: -29 / 165.
  const std::vector<double> iq{106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
  const std::vector<double> hours{7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
  CHECK(rank_correlation(iq, hours) == Approx(-29.0 / 165));
  // Ties share their ranks: 1, 2.5, 2.5 against 1, 2, 3.
  CHECK(rank_correlation(std::vector<double>{1, 2, 2},
                         std::vector<double>{1, 2, 3}) ==
        Approx(std::sqrt(3.0) / 2));
  CHECK(std::isnan(
      rank_correlation(std::vector<double>{1, 2}, std::vector<double>{3, 3})));
}

TEST_CASE("curvature is that of the parabola", "[analysis][item_slopes]") {
  std::vector<double> x{-2, -1, 0, 1.5, 4};
  std::vector<double> y;
  for (const double one : x) y.push_back(1 + 2 * one - 3 * one * one);
  CHECK(curvature(x, y) == Approx(-3));
  CHECK(std::isnan(
      curvature(std::vector<double>{1, 2}, std::vector<double>{1, 5})));
  CHECK(std::isnan(curvature(std::vector<double>{1, 2, 2, 1},
                             std::vector<double>{1, 5, 4, 0})));
}

TEST_CASE("rows are sorted into variants and items, whatever their order",
          "[analysis][item_slopes]") {
  storage::Results results;
  results.variants.resize(2);
  const auto add = [&](int variant, int item, double multiplier, float match) {
    storage::PropensityRow row;
    row.variant = variant;
    row.item = item;
    row.multiplier = multiplier;
    row.logit_match = match;
    row.log_sum_exp = multiplier == 0 ? std::log(8.0F) : std::log(16.0F);
    results.propensity.push_back(row);
  };
  add(1, 7, 1, 3);
  add(0, 7, 0, 0);
  add(1, 3, 1, NAN);
  add(1, 7, -1, -1);
  add(0, 7, 1, 5);
  add(1, 3, -1, 2);
  const auto found = item_slopes(results);
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].items.size() == 1);
  CHECK(found[0].items[0].slope == 5);
  CHECK(found[0].answer_mass_clean == Approx(0.25));
  CHECK(found[1].n_items == 2);
  CHECK(found[1].n_missing == 1);
  REQUIRE(found[1].items.size() == 1);
  CHECK(found[1].items[0].item == 7);
  CHECK(found[1].items[0].slope == 2);
  CHECK(std::isnan(found[1].answer_mass_clean));
  CHECK(item_slopes_csv(results) ==
        "variant,item,slope,rank_correlation,curvature\n"
        "0,7,5,1,\n1,7,2,1,\n");
}
