#include "analysis/statistics/item_resamples.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace coxswain::analysis;

namespace {

Interval content_of(const std::vector<ResampledItem>& items,
                    const std::vector<double>& slopes) {
  const ItemResamples resamples(items);
  return percentile_interval(resamples.estimate(slopes).content,
                             resamples.draws(slopes).content);
}

}  // namespace

TEST_CASE("the interval of words is near the normal one of a mean",
          "[analysis][item_resamples]") {
  std::vector<double> slopes(400);
  std::vector<ResampledItem> items;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    slopes[i] = std::sin(static_cast<double>(i) * 12.9898) * 3;
    items.push_back({0, static_cast<int>(i)});
  }
  const Interval interval = content_of(items, slopes);
  double variance = 0;
  for (const double slope : slopes) {
    variance += std::pow(slope - interval.estimate, 2) / 399;
  }
  const double error = std::sqrt(variance / 400);
  CHECK(interval.estimate == Approx(mean(slopes)));
  CHECK(interval.high - interval.estimate == Approx(1.96 * error).epsilon(0.1));
  CHECK(interval.estimate - interval.low == Approx(1.96 * error).epsilon(0.1));
  CHECK(standard_error(ItemResamples(items).draws(slopes).content) ==
        Approx(error).epsilon(0.08));
  CHECK(content_of(items, slopes).low == interval.low);  // the same again
}

TEST_CASE("clusters widen an interval as their size says",
          "[analysis][item_resamples]") {
  // Ten copies of each of 40 values: as uncertain as 40 values.
  std::vector<ResampledItem> single, tens;
  std::vector<double> slopes(400);
  for (int i = 0; i < 400; ++i) {
    slopes[static_cast<std::size_t>(i)] = std::sin(i / 10 * 12.9898);
    single.push_back({0, i});
    tens.push_back({0, i / 10});
  }
  const Interval a = content_of(single, slopes);
  const Interval b = content_of(tens, slopes);
  CHECK((b.high - b.low) / (a.high - a.low) ==
        Approx(std::sqrt(10)).epsilon(0.15));
}

TEST_CASE("letters are drawn within themselves, and weigh the same",
          "[analysis][item_resamples]") {
  // Three items match A, one B.
  const std::vector<ResampledItem> items{{1, 0}, {1, 1}, {1, 2}, {-1, 3}};
  const std::vector<double> slopes{1, 2, 3, 10};
  const ItemResamples resamples(items);
  CHECK(resamples.estimate(slopes).content == Approx((2 + 10) / 2.0));
  CHECK(resamples.estimate(slopes).letter == Approx((2 - 10) / 2.0));
  // The one that matches B is in every draw: only the mean of A moves.
  const auto draws = resamples.draws(slopes);
  for (std::size_t i = 0; i < draws.content.size(); ++i) {
    REQUIRE(draws.content[i] >= (1 + 10) / 2.0);
    REQUIRE(draws.content[i] <= (3 + 10) / 2.0);
    REQUIRE(draws.content[i] - draws.letter[i] == Approx(10));
  }
}

TEST_CASE("the two orders of a question are drawn together",
          "[analysis][item_resamples]") {
  // What a letter adds to one order it takes from the other: the content slope
  // of a question is exact, and so is their interval.
  std::vector<ResampledItem> items;
  std::vector<double> slopes;
  for (int question = 0; question < 30; ++question) {
    const double letter = std::sin(question * 12.9898) * 5;
    items.insert(items.end(), {{1, question}, {-1, question}});
    slopes.insert(slopes.end(), {0.5 + letter, 0.5 - letter});
  }
  const Interval together = content_of(items, slopes);
  CHECK(together.low == Approx(0.5));
  CHECK(together.high == Approx(0.5));
  for (std::size_t i = 1; i < items.size(); i += 2) items[i].cluster += 100;
  const Interval apart = content_of(items, slopes);
  CHECK(apart.high - apart.low > 1);
}

TEST_CASE("contributions add up to the content slope",
          "[analysis][item_resamples]") {
  const std::vector<ResampledItem> items{{1, 0}, {-1, 0}, {1, 1}, {-1, 2}};
  const std::vector<double> slopes{1, 2, 4, 8};
  const ItemResamples resamples(items);
  const auto parts = resamples.contributions(slopes);
  REQUIRE(parts.size() == 3);
  CHECK(std::accumulate(parts.begin(), parts.end(), 0.0) ==
        Approx(resamples.estimate(slopes).content));
  const ItemResamples words({{0, 0}, {0, 0}, {0, 1}});
  CHECK(words.contributions(std::vector<double>{3, 6, 9}) ==
        std::vector<double>{3, 3});
}

TEST_CASE("what can't be estimated is no number",
          "[analysis][item_resamples]") {
  CHECK(std::isnan(ItemResamples({}).estimate({}).content));
  CHECK(std::isnan(content_of({}, {}).low));
  // No item matches B.
  CHECK(std::isnan(content_of({{1, 0}, {1, 1}}, {1, 2}).estimate));
}

TEST_CASE("percentiles are linear between order statistics",
          "[analysis][item_resamples]") {
  std::vector<double> draws(41);
  for (std::size_t i = 0; i < draws.size(); ++i) {
    draws[i] = static_cast<double>(i * 17 % 41);
  }
  draws.push_back(NAN);
  const Interval found = percentile_interval(7, draws);
  CHECK(found.estimate == 7);
  CHECK(found.low == Approx(1));
  CHECK(found.high == Approx(39));
}
