#include "analysis/statistics/comparison.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

namespace {

double sign_flip_p(const std::vector<double>& differences) {
  return SignFlips(differences.size()).p(differences);
}

}  // namespace

TEST_CASE("sign flips give Fisher's p of Darwin's maize",
          "[analysis][comparison]") {
  // Fisher (1935, section 21): 15 pairs, and 863 of the 32,768 ways to give the
  // differences signs have a sum of 314 or more.
  const std::vector<double> maize{49, -67, 8,  16, 6,  23, 28, 41,
                                  14, 29,  56, 24, 75, 60, -48};
  CHECK(sign_flip_p(maize) == Approx(2 * 863 / 32768.0).epsilon(1e-12));
}

TEST_CASE("drawn sign flips are near the normal p", "[analysis][comparison]") {
  std::vector<double> differences(60);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] = std::sin(static_cast<double>(i) * 12.9898) + 0.2;
    sum += differences[i];
    squares += differences[i] * differences[i];
  }
  const double z = sum / std::sqrt(squares);
  CHECK(sign_flip_p(differences) ==
        Approx(std::erfc(z / std::sqrt(2.0))).epsilon(0.15));
  // What always has the same sign is as rare as can be told.
  for (double& one : differences) one = std::abs(one);
  CHECK(sign_flip_p(differences) == 1e-4);
}

TEST_CASE("differences that are all zero are no evidence",
          "[analysis][comparison]") {
  CHECK(sign_flip_p(std::vector<double>(5, 0.0)) == 1);
  CHECK(sign_flip_p(std::vector<double>(50, 0.0)) == 1);
  CHECK(std::isnan(sign_flip_p({})));
  CHECK(std::isnan(sign_flip_p(std::vector<double>{1, NAN})));
}

TEST_CASE("Holm's adjustment steps down", "[analysis][comparison]") {
  // As R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
  const auto adjusted = holm(std::vector<double>{0.01, 0.04, NAN, 0.03, 0.005});
  CHECK(adjusted[0] == Approx(0.03));
  CHECK(adjusted[1] == Approx(0.06));
  CHECK(std::isnan(adjusted[2]));
  CHECK(adjusted[3] == Approx(0.06));
  CHECK(adjusted[4] == Approx(0.02));
  CHECK(holm(std::vector<double>{0.9, 0.8})[0] == 1);
}

TEST_CASE("the ends of Fieller's interval are just distinguishable",
          "[analysis][comparison]") {
  const PairedEstimate pair{1.2, 2.0, 0.04, 0.09, 0.02};
  const Interval found = ratio(pair);
  CHECK(found.estimate == Approx(0.6));
  CHECK(found.low < 0.6);
  CHECK(found.high > 0.6);
  for (const double r : {found.low, found.high}) {
    const double variance = pair.var_numerator - 2 * r * pair.covariance +
                            r * r * pair.var_denominator;
    const double z =
        std::abs(pair.numerator - r * pair.denominator) / std::sqrt(variance);
    CHECK(z == Approx(1.959964).epsilon(1e-6));
  }
}

TEST_CASE("a ratio to what may be zero has no bounds",
          "[analysis][comparison]") {
  const Interval found = ratio({1, 0.5, 0.1, 0.1, 0});
  CHECK(found.estimate == 2);
  CHECK(std::isinf(found.low));
  CHECK(std::isinf(found.high));
  // Without noise in the denominator it is the numerator's interval over it.
  const Interval exact = ratio({1, 2, 0.25, 0, 0});
  CHECK(exact.high - exact.low == Approx(2 * 1.959964 * 0.5 / 2));
}

TEST_CASE("variances of draws that belong together", "[analysis][comparison]") {
  const PairedEstimate of = paired(5, 7, std::vector<double>{1, 2, 3, NAN, 4},
                                   std::vector<double>{2, 4, 6, 9, 8});
  CHECK(of.numerator == 5);
  CHECK(of.var_numerator == Approx(5.0 / 3));
  CHECK(of.var_denominator == Approx(20.0 / 3));
  CHECK(of.covariance == Approx(10.0 / 3));
}

TEST_CASE("a prediction interval is Student's", "[analysis][comparison]") {
  const std::vector<double> values{1, 2, 3, 4, 5};
  const Interval found = prediction_interval(values);
  // t(0.975, 4) = 2.776445; s = sqrt(2.5).
  const double half = 2.776445 * std::sqrt(2.5 * 1.2);
  CHECK(found.estimate == 3);
  CHECK(found.high - 3 == Approx(half).epsilon(1e-6));
  CHECK(3 - found.low == Approx(half).epsilon(1e-6));
  CHECK(prediction_p(3 + half, values) == Approx(0.05).epsilon(1e-5));
  CHECK(prediction_p(3, values) == 1);
  CHECK(std::isnan(prediction_p(3, std::vector<double>{1})));
  CHECK(std::isnan(prediction_interval(std::vector<double>{1}).low));
}

TEST_CASE("the smallest detectable slope is 2.80 standard errors",
          "[analysis][comparison]") {
  CHECK(smallest_detectable(1) == Approx(1.959964 + 0.841621).epsilon(1e-6));
}
