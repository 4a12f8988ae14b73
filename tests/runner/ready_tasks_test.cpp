#include "runner/schedule/ready_tasks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace coxswain::runner;

namespace {

bool anybody(const FailedOn&) { return true; }

// Whoever has not failed it.
ReadyTasks::Allowed worker(int id) {
  return [id](const FailedOn& failed) {
    return !std::binary_search(failed.begin(), failed.end(), id);
  };
}

// A task whose rank is its number and whose chain is its work.
ReadyTask task(std::uint32_t number, std::uint32_t group, double work = 1) {
  return {number, number, group, work, work};
}

std::optional<std::uint32_t> number(const std::optional<ReadyTask>& task) {
  if (!task) return std::nullopt;
  return task->task;
}

}  // namespace

TEST_CASE("the best of a group is the first by rank", "[runner][ready_tasks]") {
  ReadyTasks ready(2);
  CHECK_FALSE(ready.best(1, anybody));
  ready.insert(task(2, 1), {});
  ready.insert(task(1, 1), {});
  ready.insert(task(0, 0), {});
  CHECK(ready.size() == 3);
  CHECK(number(ready.best(1, anybody)) == 1U);
  ready.erase(task(1, 1), {});
  CHECK(number(ready.best(1, anybody)) == 2U);
  CHECK(number(ready.best(0, anybody)) == 0U);
  CHECK(ready.size() == 2);
}

TEST_CASE("failed tasks are passed over by who failed them",
          "[runner][ready_tasks]") {
  ReadyTasks ready(1);
  ready.insert(task(0, 0), {4, 7});
  ready.insert(task(1, 0), {7});
  ready.insert(task(2, 0), {});
  CHECK(number(ready.best(0, worker(1))) == 0U);
  CHECK(number(ready.best(0, worker(4))) == 1U);
  CHECK(number(ready.best(0, worker(7))) == 2U);
  ready.erase(task(2, 0), {});
  CHECK_FALSE(ready.best(0, worker(7)));
  ready.erase(task(0, 0), {4, 7});
  CHECK(number(ready.best(0, worker(1))) == 1U);
}

TEST_CASE("of groups that nobody has the one with the longest chain is first",
          "[runner][ready_tasks]") {
  ReadyTasks ready(5);
  ready.insert(task(9, 0, 100), {});  // belongs to no group
  ready.insert(task(5, 1, 2), {});
  ready.insert(task(6, 2, 3), {});
  ready.insert(task(7, 3, 3), {});
  ready.insert(task(8, 3, 1), {});
  // As long a chain as group 2, and more work.
  CHECK(number(ready.best_unclaimed(anybody)) == 7U);
  ready.arrive(3);
  CHECK(number(ready.best_unclaimed(anybody)) == 6U);
  ready.erase(task(6, 2, 3), {});
  CHECK(number(ready.best_unclaimed(anybody)) == 5U);
  ready.insert(task(4, 4, 9), {1});
  CHECK(number(ready.best_unclaimed(worker(2))) == 4U);
  CHECK(number(ready.best_unclaimed(worker(1))) == 5U);
}

TEST_CASE("of groups that somebody has the one with most work a worker",
          "[runner][ready_tasks]") {
  ReadyTasks ready(3);
  CHECK_FALSE(ready.best_claimed(anybody));
  ready.insert(task(1, 1, 6), {});
  ready.insert(task(2, 1, 6), {});
  ready.insert(task(3, 2, 7), {});
  ready.arrive(1);
  ready.arrive(2);
  CHECK(number(ready.best_claimed(anybody)) == 1U);
  ready.arrive(1);  // 12 / 2 against 7
  CHECK(ready.workers(1) == 2);
  CHECK(number(ready.best_claimed(anybody)) == 3U);
  ready.leave(2);
  CHECK(number(ready.best_claimed(anybody)) == 1U);
  CHECK(number(ready.best_unclaimed(anybody)) == 3U);
}
