#include "runner/schedule/task_rates.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

TEST_CASE("nothing is expected before something was seen",
          "[runner][task_rates]") {
  TaskRates rates(2);
  CHECK_FALSE(rates.overall());
  rates.observe(0, 2, 6);
  CHECK(*rates.seconds(0, 5) == Approx(15));
  CHECK_FALSE(rates.seconds(0, 0));
  CHECK_FALSE(rates.seconds(1, 5));
  CHECK(*rates.overall() == Approx(3));
}

TEST_CASE("a few slow tasks don't move what is expected",
          "[runner][task_rates]") {
  TaskRates rates(1);
  for (int i = 0; i < 40; ++i) rates.observe(0, 2, i % 4 == 0 ? 200 : 4);
  CHECK(*rates.seconds(0, 1) == Approx(2));
}

TEST_CASE("what is expected follows the latest tasks", "[runner][task_rates]") {
  TaskRates rates(1);
  for (int i = 0; i < 100; ++i) rates.observe(0, 1, 5);
  for (int i = 0; i < 16; ++i) rates.observe(0, 1, 7);
  CHECK(*rates.seconds(0, 1) == Approx(7));
}

TEST_CASE("tasks far smaller than the others say nothing of a rate",
          "[runner][task_rates]") {
  TaskRates rates(1);
  for (int i = 0; i < 40; ++i) rates.observe(0, 100, 100);
  for (int i = 0; i < 40; ++i) CHECK(rates.observe(0, 0.01, 1) == 0);
  CHECK(*rates.seconds(0, 1) == Approx(1));
}

TEST_CASE("tasks without a cost take their mean", "[runner][task_rates]") {
  TaskRates rates(1);
  rates.observe(0, 0, 1);
  rates.observe(0, 0, 4);
  CHECK(*rates.seconds(0, 0) == Approx(2.5));
  CHECK_FALSE(rates.seconds(0, 1));
  CHECK_FALSE(rates.overall());
}

TEST_CASE("an observation grows by tasks that came with it",
          "[runner][task_rates]") {
  TaskRates rates(1);
  const auto first = rates.observe(0, 1, 10);
  for (int i = 0; i < 4; ++i) rates.extend(0, first, 1);
  CHECK(*rates.seconds(0, 1) == Approx(2));
  CHECK(*rates.overall() == Approx(2));
  for (int i = 0; i < 31; ++i) rates.observe(0, 1, 3);
  rates.extend(0, first, 1000);  // no longer in the window
  CHECK(*rates.seconds(0, 1) == Approx(3));
  const auto costless = rates.observe(0, 0, 8);
  rates.extend(0, costless, 0);
  CHECK(*rates.seconds(0, 0) == Approx(4));
}
