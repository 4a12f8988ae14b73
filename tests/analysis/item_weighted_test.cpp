#include "analysis/statistics/item_weighted.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/golden_numbers.hpp"

using namespace coxswain::analysis;
using coxswain::tests::GoldenNumbers;

TEST_CASE("the mean of items has clubSandwich's CR2 and degrees of freedom",
          "[analysis][item_weighted]") {
  // Two published sets: 67 effects of coaching in 47 studies, weights of 8
  // chicks that were weighed 2 to 12 times.
  const GoldenNumbers golden("from_r.txt");
  for (const std::string name : {"sat_coaching", "chicks"}) {
    CAPTURE(name);
    const Estimate found = item_weighted(golden[name + ".values"],
                                         golden.integers(name + ".clusters"));
    const auto& expected = golden[name + ".estimate"];
    CHECK(found.value == Approx(expected[0]).epsilon(1e-12));
    CHECK(found.variance == Approx(expected[1]).epsilon(1e-11));
    CHECK(found.df == Approx(expected[2]).epsilon(1e-11));
  }
}

TEST_CASE("items that are clusters have the error of a mean",
          "[analysis][item_weighted]") {
  const std::vector<double> values{1, 2, 4, 9};
  const Estimate found = item_weighted(values, std::vector<int>{5, 2, 9, 1});
  CHECK(found.value == 4);
  CHECK(found.variance == Approx((9 + 4 + 0 + 25) / 3.0 / 4));
  CHECK(found.df == Approx(3));
}

TEST_CASE("items of one cluster have no error", "[analysis][item_weighted]") {
  const Estimate one =
      item_weighted(std::vector<double>{1, 3}, std::vector<int>{7, 7});
  CHECK(one.value == 2);
  CHECK(std::isnan(one.variance));
  CHECK(std::isnan(one.df));
  CHECK(std::isnan(item_weighted({}, {}).value));
  CHECK(std::isnan(item_weighted({}, {}).variance));
  CHECK(std::isnan(
      item_weighted(std::vector<double>{1, NAN}, std::vector<int>{0, 1})
          .variance));
}
