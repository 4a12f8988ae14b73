#include "runner/bill/makespan.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

namespace {

constexpr int kModel = 0, kOtherModel = 1, kSae = 2;
const std::vector<double> kLoads{10, 10, 5};

TimedTask task(double seconds, std::vector<std::size_t> inputs = {},
               std::array<int, 2> needs = {-1, -1}) {
  return {std::move(inputs), seconds, needs};
}

}  // namespace

TEST_CASE("one worker takes as long as all tasks together",
          "[runner][makespan]") {
  const std::vector<TimedTask> tasks{task(1), task(2), task(3, {0, 1})};
  CHECK(makespan(tasks, {}, 1).seconds == 6);
  CHECK(makespan(tasks, {}, 2).seconds == 5);
  CHECK(makespan(tasks, {}, 64).seconds == longest_chain(tasks));
  CHECK(longest_chain(tasks) == 5);
}

TEST_CASE("nothing to do takes no time", "[runner][makespan]") {
  CHECK(makespan({}, {}, 4).seconds == 0);
  CHECK(longest_chain({}) == 0);
}

TEST_CASE("the longest chain is begun first", "[runner][makespan]") {
  // In the order of the plan, two workers would need 2 + 4 seconds.
  const std::vector<TimedTask> tasks{task(2), task(2), task(1), task(3, {2})};
  CHECK(makespan(tasks, {}, 2).seconds == 4);
}

TEST_CASE("a worker that waits for an input is given it when it is there",
          "[runner][makespan]") {
  const std::vector<TimedTask> tasks{task(4), task(1), task(1, {1}),
                                     task(1, {2})};
  CHECK(makespan(tasks, {}, 3).seconds == 4);
}

TEST_CASE("every worker loads what its tasks need, once",
          "[runner][makespan]") {
  const std::vector<TimedTask> tasks(6, task(2, {}, {kModel, -1}));
  const Makespan one = makespan(tasks, kLoads, 1);
  CHECK(one.seconds == 10 + 12);
  CHECK(one.loads == std::vector<int>{1, 0, 0});
  const Makespan three = makespan(tasks, kLoads, 3);
  CHECK(three.seconds == 10 + 4);
  CHECK(three.loads == std::vector<int>{3, 0, 0});
}

TEST_CASE("tasks of one model are kept together", "[runner][makespan]") {
  std::vector<TimedTask> tasks;
  for (int i = 0; i < 8; ++i) {
    tasks.push_back(task(1, {}, {i % 2 == 0 ? kModel : kOtherModel, -1}));
  }
  const Makespan played = makespan(tasks, kLoads, 1);
  CHECK(played.loads == std::vector<int>{1, 1, 0});
  CHECK(played.seconds == 28);
}

TEST_CASE("a model stays loaded while an SAE is", "[runner][makespan]") {
  const std::vector<TimedTask> tasks{task(1, {}, {kModel, -1}),
                                     task(1, {0}, {-1, kSae}),
                                     task(1, {1}, {kModel, -1})};
  const Makespan played = makespan(tasks, kLoads, 1);
  CHECK(played.loads == std::vector<int>{1, 0, 1});
  CHECK(played.seconds == 3 + 10 + 5);
}
