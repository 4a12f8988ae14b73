#include "analysis/statistics/two_level.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;
using namespace coxswain::tests;

TEST_CASE("variances of test and training clusters add up",
          "[analysis][two_level]") {
  // The resamples' variance is 5 / 3, their mean 2.5.
  const std::vector<double> resamples{1, 2, 3, 4};
  const TwoLevel found = two_level({2.25, 0.5, 7}, resamples, 10);
  const double v_vec = 10 / 9.0 * 5 / 3;
  CHECK(found.estimate.value == 2.25);
  CHECK(found.estimate.variance == Approx(0.5 + v_vec));
  // Four resamples say less than ten clusters could.
  CHECK(found.estimate.df ==
        Approx(std::pow(0.5 + v_vec, 2) / (0.25 / 7 + v_vec * v_vec / 3)));
  CHECK(found.bias == Approx(0.25));
  CHECK(found.smooth);
  // And three clusters less than four resamples.
  const TwoLevel few = two_level({2.25, 0.5, 7}, resamples, 3);
  const double v_few = 3 / 2.0 * 5 / 3;
  CHECK(few.estimate.df ==
        Approx(std::pow(0.5 + v_few, 2) / (0.25 / 7 + v_few * v_few / 2)));
}

TEST_CASE("a method that jumps with its vector is not smooth",
          "[analysis][two_level]") {
  const std::vector<double> resamples{0.9, 1.1, 1.0, 1.0};
  const TwoLevel near = two_level({1, 0.01, 9}, resamples, 40);
  const double half = interval_of(near.estimate).high - 1;
  CHECK(near.smooth);
  // Beyond half of the half-width, to either side.
  for (const double side : {-1.0, 1.0}) {
    CHECK(two_level({1 + side * 0.49 * half, 0.01, 9}, resamples, 40).smooth);
    CHECK_FALSE(
        two_level({1 + side * 0.51 * half, 0.01, 9}, resamples, 40).smooth);
  }
}

TEST_CASE("without resamples, or an interval, there are not two levels",
          "[analysis][two_level]") {
  CHECK(std::isnan(two_level({1, 0.1, 5}, {}, 10).estimate.variance));
  CHECK(std::isnan(
      two_level({1, 0.1, 5}, std::vector<double>{1}, 10).estimate.df));
  const std::vector<double> resamples{1, NAN, 3};
  // One that was not computed says nothing of the spread.
  CHECK(two_level({1, 0, 5}, resamples, 10).estimate.variance ==
        Approx(2 * 10 / 9.0));
  const TwoLevel none = two_level({1, NAN, NAN}, resamples, 10);
  CHECK(none.estimate.value == 1);
  CHECK(std::isnan(none.estimate.variance));
  CHECK(std::isnan(none.estimate.df));
  CHECK(none.smooth);
  const TwoLevel still = two_level({1, 0, 5}, std::vector<double>{1, 1}, 10);
  CHECK(still.estimate.variance == 0);
  CHECK(still.estimate.df == 1);
}

TEST_CASE("training adds to a covariance what resamples share",
          "[analysis][two_level]") {
  const std::vector<double> a{1, 2, 3, NAN, 4};
  const std::vector<double> b{2, 4, 6, 9, 8};
  CHECK(training_covariance(a, b, 5) == Approx(10 / 3.0 * 5 / 4));
  CHECK(training_covariance(a, a, 5) == Approx(5 / 3.0 * 5 / 4));
  CHECK(training_covariance(a, a, 5) ==
        Approx(two_level({0, 0, 1}, a, 5).estimate.variance));
  CHECK(std::isnan(training_covariance({}, {}, 5)));
}

TEST_CASE("two-level intervals cover what items' alone do not",
          "[analysis][two_level]") {
  // Ten training and ten test clusters, as much variance of either.
  Random random(4);
  const ClusterDesign design(
      clustered_items(std::vector<int>(10, 1), Answers::none));
  Coverage two, one;
  for (int set = 0; set < 2000; ++set) {
    std::vector<double> training(10), slopes(10);
    for (double& k : training) k = random.normal();
    for (double& g : slopes) g = random.normal() + mean(training);
    std::vector<double> resamples;
    for (int r = 0; r < 20; ++r) {
      double sum = 0;
      for (int k = 0; k < 10; ++k) sum += training[random.below(10)];
      resamples.push_back(mean(slopes) - mean(training) + sum / 10);
    }
    const Estimate items = design.content(slopes);
    two.add(interval_of(two_level(items, resamples, 10).estimate), 0);
    one.add(interval_of(items), 0);
  }
  // A hundredth and a half is three standard errors.
  CHECK(two.share() == Approx(0.95).margin(0.015));
  CHECK(one.share() < 0.88);
}
