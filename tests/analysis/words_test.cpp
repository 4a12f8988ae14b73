#include "analysis/answers/words.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

TEST_CASE("numbers have two digits of their error", "[analysis][words]") {
  CHECK(number_words(0.4441) == "0.44");
  CHECK(number_words(12.3) == "12");
  CHECK(number_words(0.00312) == "0.0031");
  CHECK(interval_words({1.0612, 0.81, 1.3124}) == "1.06 [0.81, 1.31]");
  CHECK(interval_words({1.0612, std::nan(""), std::nan("")}) == "1.06");
  CHECK(limit_words({0.1, -0.2, 0.512}) == "[-0.20, 0.51]");
}

TEST_CASE("a set of ratios is said as it is", "[analysis][words]") {
  using Shape = RatioSet::Shape;
  CHECK(ratio_words({0.81, 0.7, 0.93, Shape::interval}) == "0.81 [0.70, 0.93]");
  CHECK(ratio_words({0.81, 0.4, 0, Shape::from}) == "0.81 (at least 0.40)");
  CHECK(ratio_words({0.81, 0, 0, Shape::all}) == "0.81 (any)");
  CHECK(ratio_words({std::nan(""), 0, 0, Shape::none}) == "no number");
}

TEST_CASE("p is spelled", "[analysis][words]") {
  CHECK(p_words(0.0123) == "p 0.012");
  CHECK(p_words(0.0001) == "p <0.001");
}
