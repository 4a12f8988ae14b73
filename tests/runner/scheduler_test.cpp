#include "runner/scheduler.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

namespace {

// Two extracts, a vector of both, an evaluation of it; two workers.
Scheduler chain(const std::set<std::size_t>& done = {}) {
  Scheduler scheduler({{{}}, {{}}, {{0, 1}}, {{2}}}, done);
  scheduler.add_worker(1);
  scheduler.add_worker(2);
  return scheduler;
}

}  // namespace

TEST_CASE("a task is leased once its inputs are done", "[runner][scheduler]") {
  Scheduler scheduler = chain();
  CHECK(scheduler.lease(1) == 0U);
  CHECK(scheduler.lease(2) == 1U);
  CHECK_FALSE(scheduler.lease(3));
  CHECK(scheduler.finish(1));
  CHECK_FALSE(scheduler.lease(2));
  CHECK(scheduler.finish(0));
  CHECK(scheduler.lease(2) == 2U);
  CHECK(scheduler.finish(2));
  CHECK(scheduler.lease(1) == 3U);
  CHECK_FALSE(scheduler.finished());
  CHECK(scheduler.finish(3));
  CHECK(scheduler.finished());
  CHECK(scheduler.done() == 4);
}

TEST_CASE("what a journal has is not leased again", "[runner][scheduler]") {
  Scheduler scheduler = chain({0, 1, 2});
  CHECK(scheduler.lease(1) == 3U);
  CHECK(chain({0, 1, 2, 3}).finished());
}

TEST_CASE("a failed task goes to another worker, however long that is busy",
          "[runner][scheduler]") {
  Scheduler scheduler = chain({0});
  CHECK(scheduler.lease(1) == 1U);
  CHECK(scheduler.fail(1, 1).empty());
  // Worker 1 has nothing to do and must wait: worker 2 has not failed it.
  CHECK_FALSE(scheduler.lease(1));
  CHECK_FALSE(scheduler.lease(1));
  CHECK(scheduler.lease(2) == 1U);
  CHECK(scheduler.fail(1, 2).empty());
  // Everybody has failed it: the last attempt is anybody's.
  CHECK(scheduler.lease(1) == 1U);
  CHECK(scheduler.attempts(1) == Scheduler::kAttempts);
  CHECK(scheduler.finish(1));
}

TEST_CASE("a task that keeps failing is given up with its dependents",
          "[runner][scheduler]") {
  Scheduler scheduler = chain();
  CHECK(scheduler.lease(2) == 0U);
  for (const int worker : {1, 2}) {
    CHECK(scheduler.lease(worker) == 1U);
    CHECK(scheduler.fail(1, worker).empty());
  }
  CHECK(scheduler.lease(1) == 1U);
  CHECK(scheduler.fail(1, 1) == std::vector<std::size_t>{1, 2, 3});
  CHECK_FALSE(scheduler.finished());  // task 0 is still under way
  CHECK(scheduler.finish(0));
  CHECK(scheduler.finished());
  CHECK(scheduler.quarantined() == 3);
  CHECK_FALSE(scheduler.lease(1));
}

TEST_CASE("a second result of a task is dropped", "[runner][scheduler]") {
  Scheduler scheduler = chain();
  CHECK(scheduler.lease(1) == 0U);
  CHECK(scheduler.finish(0));
  CHECK_FALSE(scheduler.finish(0));
  CHECK(scheduler.fail(0, 1).empty());
  CHECK(scheduler.done() == 1);
}
