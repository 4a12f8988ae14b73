#include "runner/schedule/scheduler.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scheduled.hpp"

using namespace coxswain::runner;
using namespace coxswain::tests;

namespace {

using Tasks = std::vector<std::size_t>;
using Finished = Scheduler::Finished;

// Two extracts, a vector of both, an evaluation of it.
std::vector<SchedulerTask> chain() {
  return {{{}, 1, 0, 0}, {{}, 1, 0, 0}, {{0, 1}, 1, 0, 0}, {{2}, 1, 0, 0}};
}

// A diamond 0 -> 1, 2 -> 3, and 4 that has to do with none of them.
std::vector<SchedulerTask> diamond() {
  return {{{}, 1, 0, 0},
          {{0}, 1, 0, 0},
          {{0}, 1, 0, 0},
          {{1, 2}, 1, 0, 0},
          {{}, 1, 0, 0}};
}

}  // namespace

TEST_CASE("a task is leased once its inputs are done", "[runner][scheduler]") {
  Scheduler scheduler(chain(), {});
  add_workers(scheduler, 3);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  CHECK(scheduler.leased() == 2);
  CHECK(scheduler.finish(1, 2, 1) == Finished::first);
  CHECK(given(scheduler, 1).empty());
  CHECK(scheduler.finish(0, 1, 1) == Finished::first);
  CHECK(given(scheduler, 1).size() == 1);
  CHECK(scheduler.state(2) == TaskState::leased);
  CHECK(scheduler.state(3) == TaskState::waiting);
  CHECK(scheduler.finish(2, 1, 2) == Finished::first);
  CHECK(given(scheduler, 2).size() == 1);
  CHECK_FALSE(scheduler.finished());
  CHECK(scheduler.finish(3, 1, 3) == Finished::first);
  CHECK(scheduler.finished());
  CHECK(scheduler.done() == 4);
}

TEST_CASE("what a journal has is not leased again", "[runner][scheduler]") {
  Scheduler most(chain(), {0, 1, 2});
  add_workers(most, 2);
  CHECK(given(most, 0) == Given{"3@1"});
  // An extract alone is gone: nobody waits for it.
  Scheduler grown(chain(), {1, 2});
  add_workers(grown, 2);
  CHECK(given(grown, 0) == Given{"0@1", "3@2"});

  Scheduler all(chain(), {0, 1, 2, 3});
  add_workers(all, 1);
  CHECK(all.finished());
  CHECK(all.done() == 4);
  CHECK(given(all, 0).empty());
  CHECK(all.expected_left(0) == 0.0);

  Scheduler nothing({}, {});
  add_workers(nothing, 1);
  CHECK(nothing.finished());
  CHECK(given(nothing, 0).empty());
}

TEST_CASE("a failed task goes to another worker, however long that is busy",
          "[runner][scheduler]") {
  Scheduler scheduler(independent_tasks(2), {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  CHECK(scheduler.fail(0, 1, 1).empty());
  // Worker 1 has nothing to do and must wait: worker 2 has not failed it.
  CHECK(given(scheduler, 1).empty());
  scheduler.finish(1, 2, 2);
  CHECK(given(scheduler, 2) == Given{"0@2"});
  CHECK(scheduler.attempts(0) == 2);
  CHECK(scheduler.fail(0, 2, 3).empty());
  // Everybody has failed it: the last attempt is anybody's.
  CHECK(given(scheduler, 3).size() == 1);
  CHECK(scheduler.attempts(0) == 3);
  CHECK(scheduler.finish(0, 1, 4) == Finished::first);
  CHECK(scheduler.finished());
}

TEST_CASE("a failed task is anybody's when the others are lost",
          "[runner][scheduler]") {
  Scheduler scheduler(independent_tasks(2), {});
  add_workers(scheduler, 2);
  given(scheduler, 0);
  scheduler.fail(0, 1, 1);
  CHECK(given(scheduler, 1).empty());
  scheduler.lose(2, 2);
  CHECK(given(scheduler, 2) == Given{"0@1"});
  scheduler.finish(0, 1, 3);
  CHECK(given(scheduler, 3) == Given{"1@1"});
}

TEST_CASE("a worker that fails everything leaves the rest to others",
          "[runner][scheduler]") {
  std::vector<SchedulerTask> tasks;
  for (std::uint64_t group = 1; group <= 5; ++group) {
    for (const auto& task : independent_tasks(4, 1, group))
      tasks.push_back(task);
  }
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 2);
  for (double now = 0; now < 100 && !scheduler.finished(); ++now) {
    std::vector<Assignment> all;
    while (const auto one = scheduler.next(now)) all.push_back(*one);
    for (const Assignment& one : all) {
      if (one.worker == 1) {
        CHECK(scheduler.fail(one.task, 1, now + 0.5).empty());
      } else {
        scheduler.finish(one.task, 2, now + 1);
      }
    }
  }
  CHECK(scheduler.done() == tasks.size());
}

TEST_CASE("a task that keeps failing is given up with what depends on it",
          "[runner][scheduler]") {
  Scheduler scheduler(diamond(), {});
  add_workers(scheduler, 3);
  CHECK(given(scheduler, 0) == Given{"0@1", "4@2"});
  CHECK(scheduler.fail(0, 1, 1).empty());
  CHECK(given(scheduler, 1) == Given{"0@3"});
  CHECK(scheduler.fail(0, 3, 2).empty());
  CHECK(given(scheduler, 2).empty());
  scheduler.finish(4, 2, 3);
  CHECK(given(scheduler, 3) == Given{"0@2"});
  CHECK(scheduler.fail(0, 2, 4) == Tasks{0, 1, 2, 3});
  CHECK(scheduler.quarantined() == 4);
  CHECK(scheduler.finished());
  CHECK(given(scheduler, 4).empty());
}

TEST_CASE("a task that can do no better is given up at its first failure",
          "[runner][scheduler]") {
  Scheduler scheduler(chain(), {});
  add_workers(scheduler, 3);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  CHECK(scheduler.fail(0, 1, 1, Again::never) == Tasks{0, 2, 3});
  CHECK(scheduler.attempts(0) == 1);
  CHECK(given(scheduler, 2).empty());
  // The others go on, and are tried again as ever.
  CHECK(scheduler.fail(1, 2, 2, Again::maybe).empty());
  CHECK(given(scheduler, 2).size() == 1);
}

TEST_CASE("a copy of a task that can do no better ends it",
          "[runner][scheduler]") {
  const std::vector<SchedulerTask> same(2, {{}, 1, 0, 0});
  Scheduler scheduler(same, {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  CHECK(scheduler.finish(1, 2, 1) == Finished::first);
  CHECK(given(scheduler, 100) == Given{"0@2*"});
  // Its copy is under way, and may be told otherwise by its own machine.
  CHECK(scheduler.fail(0, 1, 101, Again::never).empty());
  CHECK(scheduler.fail(0, 2, 102, Again::never) == Tasks{0});
  CHECK(scheduler.finished());
}

TEST_CASE("one arm of a diamond takes the end with it, not the other arm",
          "[runner][scheduler]") {
  SchedulerPolicy policy;
  policy.attempts = 1;
  Scheduler scheduler(diamond(), {0, 4}, policy);
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"1@1", "2@2"});
  CHECK(scheduler.fail(1, 1, 1) == Tasks{1, 3});
  CHECK_FALSE(scheduler.finished());
  // The other arm does not take the end a second time.
  CHECK(scheduler.fail(2, 2, 2) == Tasks{2});
  CHECK(scheduler.quarantined() == 3);
  CHECK(scheduler.finished());
}

TEST_CASE("only what a lost worker computed counts as an attempt",
          "[runner][scheduler]") {
  Scheduler scheduler(independent_tasks(8), {}, with_lead(2.5));
  add_workers(scheduler, 1);
  CHECK(given(scheduler, 0) == Given{"0@1"});
  scheduler.finish(0, 1, 1);
  CHECK(given(scheduler, 1) == Given{"1@1", "2@1", "3@1"});
  CHECK(scheduler.lose(1, 2).empty());
  CHECK(scheduler.workers() == 0);
  CHECK(scheduler.leased() == 0);
  CHECK(scheduler.attempts(1) == 1);
  CHECK(scheduler.attempts(2) == 0);
  CHECK(scheduler.attempts(3) == 0);
  // With the last worker everything waits, and goes on with the next.
  CHECK(given(scheduler, 3).empty());
  CHECK_FALSE(scheduler.finished());
  CHECK_FALSE(scheduler.expected_left(3));
  scheduler.add_worker(2, 4);
  CHECK(given(scheduler, 4) == Given{"1@2", "2@2", "3@2"});
  CHECK(scheduler.attempts(1) == 2);
  CHECK(scheduler.attempts(2) == 1);
}

TEST_CASE("a task that workers die of is given up", "[runner][scheduler]") {
  Scheduler scheduler(chain(), {0});
  for (int worker = 1; worker <= 3; ++worker) {
    scheduler.add_worker(worker, worker);
    CHECK(given(scheduler, worker).size() == 1);
    CHECK(scheduler.lose(worker, worker + 0.5) ==
          (worker < 3 ? Tasks{} : Tasks{1, 2, 3}));
  }
  CHECK(scheduler.finished());
}

TEST_CASE("a late result of a lost worker counts if the task is not done",
          "[runner][scheduler]") {
  Scheduler scheduler(independent_tasks(2), {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.lose(1, 30);
  CHECK(scheduler.workers() == 1);
  CHECK(scheduler.lose(1, 30).empty());  // a second time is nothing

  SECTION("while it is ready, and the worker is alive by it") {
    CHECK(scheduler.finish(0, 1, 31) == Finished::first);
    CHECK(scheduler.workers() == 2);
    CHECK(scheduler.done() == 1);
    scheduler.finish(1, 2, 31);
    CHECK(given(scheduler, 31).empty());
    CHECK(scheduler.finished());
  }
  SECTION("while another computes it, whose result is then a copy") {
    scheduler.finish(1, 2, 31);
    CHECK(given(scheduler, 31) == Given{"0@2"});
    CHECK(scheduler.finish(0, 1, 32) == Finished::first);
    CHECK(scheduler.leased() == 0);
    CHECK(scheduler.finished());
    CHECK(scheduler.finish(0, 2, 33) == Finished::copy);
    CHECK(scheduler.done() == 2);
  }
  SECTION("and is a copy if it is done") {
    scheduler.finish(1, 2, 31);
    given(scheduler, 31);
    CHECK(scheduler.finish(0, 2, 32) == Finished::first);
    CHECK(scheduler.finish(0, 1, 33) == Finished::copy);
  }
  SECTION("a late failure is nothing but a sign of life") {
    CHECK(scheduler.fail(0, 1, 31).empty());
    CHECK(scheduler.workers() == 2);
    CHECK(scheduler.state(0) == TaskState::ready);
    CHECK(scheduler.attempts(0) == 1);
  }
}

TEST_CASE("a late result brings back what was quarantined for want of it",
          "[runner][scheduler]") {
  SchedulerPolicy policy;
  policy.attempts = 1;
  Scheduler scheduler(diamond(), {0}, policy);
  add_workers(scheduler, 3);
  CHECK(given(scheduler, 0) == Given{"1@1", "2@2", "4@3"});
  CHECK(scheduler.lose(1, 1) == Tasks{1, 3});
  CHECK(scheduler.lose(2, 1) == Tasks{2});
  CHECK(scheduler.finish(1, 1, 2) == Finished::first);
  CHECK(scheduler.state(3) == TaskState::quarantined);  // 2 still is
  CHECK(scheduler.finish(2, 2, 3) == Finished::first);
  CHECK(scheduler.quarantined() == 0);
  CHECK(given(scheduler, 3).size() == 1);
  CHECK(scheduler.state(3) == TaskState::leased);
  scheduler.finish(3, 1, 4);
  scheduler.finish(4, 3, 4);
  CHECK(scheduler.finished());
}

TEST_CASE("a result that nobody can have computed is unknown",
          "[runner][scheduler]") {
  Scheduler scheduler(chain(), {});
  add_workers(scheduler, 1);
  CHECK(scheduler.finish(3, 1, 0) == Finished::unknown);
  CHECK(scheduler.finish(4, 1, 0) == Finished::unknown);
  CHECK(scheduler.fail(4, 1, 0).empty());
  CHECK(scheduler.state(3) == TaskState::waiting);
}

TEST_CASE("durations are learned a kind at a time", "[runner][scheduler]") {
  Scheduler scheduler(
      {{{}, 10, 5, 0}, {{}, 20, 5, 0}, {{}, 7, 6, 0}, {{}, 0, 5, 0}}, {});
  add_workers(scheduler, 1);
  CHECK(given(scheduler, 100) == Given{"1@1"});
  CHECK_FALSE(scheduler.expected(1));
  CHECK_FALSE(scheduler.expected_left(101));
  scheduler.finish(1, 1, 104);
  CHECK(*scheduler.expected(0) == Approx(2));
  CHECK_FALSE(scheduler.expected(2));
  CHECK_FALSE(scheduler.expected(3));
  // 7 of another kind at the rate of all, 10 of this one.
  CHECK(*scheduler.expected_left(104) == Approx(17 * 0.2));
}

TEST_CASE("results that come together are one observation",
          "[runner][scheduler]") {
  SchedulerPolicy policy = with_lead(1000);
  policy.most_held = 5;
  Scheduler scheduler(independent_tasks(200), {}, policy);
  add_workers(scheduler, 1);
  given(scheduler, 0);
  scheduler.finish(0, 1, 1);
  CHECK(given(scheduler, 1).size() == 5);
  // Always five in 10 s: 2 s each, whatever the clock says of each.
  double now = 1;
  for (std::size_t task = 1; task <= 100; ++task) {
    if (task % 5 == 1) now += 10;
    scheduler.finish(task, 1, now);
    if (task % 5 == 0) CHECK(given(scheduler, now).size() == 5);
  }
  CHECK(*scheduler.expected(199) == Approx(2));
}

TEST_CASE("after a drain leases end and none begins", "[runner][scheduler]") {
  Scheduler scheduler(chain(), {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0).size() == 2);
  scheduler.drain();
  CHECK(scheduler.finish(0, 1, 1) == Finished::first);
  CHECK(scheduler.fail(1, 2, 1).empty());
  CHECK(given(scheduler, 1).empty());
  CHECK(given(scheduler, 1000).empty());
  CHECK(scheduler.leased() == 0);
  CHECK(scheduler.done() == 1);
  CHECK_FALSE(scheduler.finished());
}

namespace {

// Two vectors, and an evaluation that does what it can with one of them.
std::vector<SchedulerTask> two_vectors() {
  return {{{}, 1, 0, 0}, {{}, 1, 0, 0}, {{0, 1}, 1, 0, 0, true}};
}

SchedulerPolicy once() {
  SchedulerPolicy policy;
  policy.attempts = 1;
  return policy;
}

}  // namespace

TEST_CASE("a soft task does what it can without an input that was given up",
          "[runner][scheduler]") {
  Scheduler scheduler(two_vectors(), {}, once());
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  CHECK(scheduler.fail(0, 1, 1) == Tasks{0});
  CHECK(given(scheduler, 1).empty());  // the other may come yet
  CHECK(scheduler.finish(1, 2, 2) == Finished::first);
  CHECK(scheduler.partial(2));
  CHECK(given(scheduler, 2) == Given{"2@1"});
  CHECK(scheduler.partial(2));
  CHECK_FALSE(scheduler.finished());
  CHECK(scheduler.finish(2, 1, 3) == Finished::partial);
  CHECK(scheduler.state(2) == TaskState::quarantined);
  CHECK(scheduler.finished());
  CHECK(scheduler.done() == 1);
  CHECK(scheduler.quarantined() == 2);

  // The other order: the last input that is given up lets it go.
  Scheduler other(two_vectors(), {}, once());
  add_workers(other, 2);
  given(other, 0);
  other.finish(1, 2, 1);
  CHECK(other.fail(0, 1, 2) == Tasks{0});
  CHECK(given(other, 2).size() == 1);
  CHECK(other.state(2) == TaskState::leased);
}

TEST_CASE("a soft task is given up with the last of its inputs",
          "[runner][scheduler]") {
  Scheduler scheduler(two_vectors(), {}, once());
  add_workers(scheduler, 2);
  given(scheduler, 0);
  CHECK(scheduler.fail(0, 1, 1) == Tasks{0});
  CHECK(scheduler.fail(1, 2, 1) == Tasks{1, 2});
  CHECK(scheduler.finished());
}

TEST_CASE("an input that comes after all has its soft task done whole",
          "[runner][scheduler]") {
  Scheduler scheduler(two_vectors(), {}, once());
  add_workers(scheduler, 2);
  given(scheduler, 0);
  scheduler.finish(1, 2, 1);
  CHECK(scheduler.fail(0, 1, 1) == Tasks{0});
  given(scheduler, 1);
  SECTION("after it was done in part") {
    CHECK(scheduler.finish(2, 1, 2) == Finished::partial);
    CHECK(scheduler.finished());
    CHECK(scheduler.finish(0, 1, 3) == Finished::first);
  }
  SECTION("while it is") {
    CHECK(scheduler.finish(0, 1, 2) == Finished::first);
    CHECK(scheduler.finish(2, 1, 3) == Finished::partial);
  }
  SECTION("and its worker is lost meanwhile") {
    CHECK(scheduler.finish(0, 1, 2) == Finished::first);
    CHECK(scheduler.lose(1, 3).empty() != scheduler.lose(2, 3).empty());
    return;
  }
  CHECK_FALSE(scheduler.finished());
  CHECK(scheduler.state(2) == TaskState::ready);
  CHECK_FALSE(scheduler.partial(2));
  CHECK(given(scheduler, 4).size() == 1);
  CHECK(scheduler.finish(2, 1, 5) == Finished::first);
  CHECK(scheduler.done() == 3);
  CHECK(scheduler.quarantined() == 0);
}

TEST_CASE("what is known is done without a lease, and makes others ready",
          "[runner][scheduler]") {
  Scheduler scheduler(chain(), {0});
  add_workers(scheduler, 1);
  CHECK(scheduler.take_ready() == Tasks{1});
  CHECK(scheduler.take_ready().empty());
  scheduler.satisfy(1);
  CHECK(scheduler.take_ready() == Tasks{2});
  scheduler.satisfy(2);
  CHECK(scheduler.done() == 3);
  CHECK(scheduler.leased() == 0);
  CHECK(given(scheduler, 0) == Given{"3@1"});
  CHECK(scheduler.finish(3, 1, 1) == Finished::first);
  CHECK(scheduler.finished());

  // Of a part of the inputs it is a part.
  Scheduler part(two_vectors(), {}, once());
  add_workers(part, 2);
  given(part, 0);
  part.finish(1, 2, 1);
  part.fail(0, 1, 1);
  CHECK(part.partial(2));
  part.satisfy(2);
  CHECK(part.state(2) == TaskState::quarantined);
  CHECK(part.finished());
}

TEST_CASE("a task some of which is known is expected to take less",
          "[runner][scheduler]") {
  Scheduler scheduler(independent_tasks(3), {});
  add_workers(scheduler, 1);
  scheduler.lessen(2, 0.25);
  CHECK(given(scheduler, 0).size() == 1);
  scheduler.finish(0, 1, 8);
  REQUIRE(scheduler.expected(1));
  CHECK(*scheduler.expected(2) == Approx(*scheduler.expected(1) / 4));
  scheduler.lessen(2, 100);  // never more
  CHECK(*scheduler.expected(2) == Approx(*scheduler.expected(1) / 4));
}
