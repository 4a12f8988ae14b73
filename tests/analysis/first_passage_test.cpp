#include "analysis/statistics/first_passage.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;

namespace {

Estimate sure(double value) { return {value, 1e-12, 19}; }
Estimate vague(double value) { return {value, 1, 19}; }

}  // namespace

TEST_CASE("values become non-decreasing by pooling neighbours",
          "[analysis][first_passage]") {
  CHECK(isotonic(std::vector<double>{}).empty());
  CHECK(isotonic(std::vector<double>{1, 2, 2, 5}) ==
        std::vector<double>{1, 2, 2, 5});
  CHECK(isotonic(std::vector<double>{3, 1}) == std::vector<double>{2, 2});
  CHECK(isotonic(std::vector<double>{1, 4, 3, 2, 6}) ==
        std::vector<double>{1, 3, 3, 3, 6});
  CHECK(isotonic(std::vector<double>{4, 3, 2}) == std::vector<double>{3, 3, 3});
}

TEST_CASE("a sure passage is its level alone", "[analysis][first_passage]") {
  const std::vector<Estimate> margins{sure(-1), sure(-0.1), sure(0.2),
                                      sure(0.4)};
  const Passage passage = first_passage(margins);
  CHECK(passage.estimate == 2);
  CHECK(passage.low == 2);
  CHECK(passage.high == 2);
}

TEST_CASE("a passage may lie before all levels that were tried, or behind",
          "[analysis][first_passage]") {
  const Passage at_once = first_passage(std::vector{sure(0.5), sure(1)});
  CHECK(at_once.estimate == 0);
  CHECK(at_once.low == 0);
  CHECK(at_once.high == 0);
  const Passage never = first_passage(std::vector{sure(-1), sure(-0.5)});
  CHECK(never.estimate == 2);
  CHECK(never.low == 2);
  CHECK(never.high == 2);
  const Passage unsure = first_passage(std::vector{vague(-0.1), vague(0.1)});
  CHECK(unsure.estimate == 1);
  CHECK(unsure.low == 0);
  CHECK(unsure.high == 2);
}

TEST_CASE("the estimate of a passage lies within its interval",
          "[analysis][first_passage]") {
  // Pooled, the first two are above 0; alone the first is surely below.
  const Passage passage =
      first_passage(std::vector{sure(-0.1), vague(-0.3), sure(-0.2), sure(2)});
  CHECK(passage.low == 1);
  CHECK(passage.high == 3);
  CHECK(passage.estimate == 3);
}

TEST_CASE("without an error no level is decided", "[analysis][first_passage]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Passage passage =
      first_passage(std::vector<Estimate>{{1, nan, nan}, {2, nan, nan}});
  CHECK(passage.low == 0);
  CHECK(passage.high == 2);
}

TEST_CASE("intervals of passages cover the level that is planted",
          "[analysis][first_passage]") {
  // Margins of correlated levels, one of them on the edge: the share of misses
  // is at most 5 %, beside three standard errors of 2,000 draws.
  coxswain::tests::Random random(3);
  const std::vector<double> truth{-0.3, -0.02, 0.02, 0.3, 0.6};
  constexpr std::size_t kPlanted = 2, kClusters = 12;
  int missed = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<std::vector<double>> values(truth.size());
    for (std::size_t g = 0; g < kClusters; ++g) {
      const double shared = 0.3 * random.normal();
      for (std::size_t k = 0; k < truth.size(); ++k) {
        values[k].push_back(truth[k] + shared + 0.3 * random.normal());
      }
    }
    std::vector<Estimate> margins;
    for (const std::vector<double>& one : values) {
      double squares = 0;
      const double middle = mean(one);
      for (const double v : one) squares += (v - middle) * (v - middle);
      margins.push_back(
          {middle, squares / (kClusters * (kClusters - 1.0)), kClusters - 1.0});
    }
    const Passage passage = first_passage(margins);
    CHECK(passage.low <= passage.estimate);
    CHECK(passage.estimate <= passage.high);
    if (passage.low > kPlanted || passage.high < kPlanted) ++missed;
  }
  CHECK(missed <= static_cast<int>(kRuns * 0.065));
}
