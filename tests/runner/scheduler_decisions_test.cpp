// What the scheduler gives to whom, and when it gives up.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "tests/support/scheduled.hpp"

using namespace coxswain::runner;
using namespace coxswain::tests;

namespace {

using Tasks = std::vector<std::size_t>;
using Finished = Scheduler::Finished;

}  // namespace

TEST_CASE("the longest chain of work comes first, then the plan's order",
          "[runner][scheduler_decisions]") {
  // 3 is short, but 4 is long and waits for it.
  Scheduler scheduler({{{}, 2, 0, 0},
                       {{}, 5, 0, 0},
                       {{}, 2, 0, 0},
                       {{}, 1, 0, 0},
                       {{3}, 9, 0, 0}},
                      {});
  add_workers(scheduler, 1);
  Tasks order;
  for (double now = 0; const auto one = scheduler.next(now); ++now) {
    order.push_back(one->task);
    scheduler.finish(one->task, 1, now + 1);
  }
  CHECK(order == Tasks{3, 4, 1, 0, 2});
}

TEST_CASE("tasks that need one SAE stay on few workers",
          "[runner][scheduler_decisions]") {
  // 26 layers x 5 widths, 20 tasks of each, dealt out in the worst order.
  std::vector<SchedulerTask> tasks;
  for (int i = 0; i < 20; ++i) {
    for (std::uint64_t sae = 1; sae <= 26 * 5; ++sae) {
      tasks.push_back({{}, 1, 0, sae});
    }
  }
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 8);
  std::map<int, std::uint64_t> loaded;
  std::size_t loads = 0, turns = 0;
  for (; !scheduler.finished(); ++turns) {
    const double now = static_cast<double>(turns);
    std::vector<Assignment> all;
    while (const auto one = scheduler.next(now)) all.push_back(*one);
    // A group is split in the end rather than let a worker idle.
    CHECK(all.size() ==
          std::min<std::size_t>(8, tasks.size() - scheduler.done()));
    for (const Assignment& one : all) {
      if (loaded[one.worker] != tasks[one.task].resident) ++loads;
      loaded[one.worker] = tasks[one.task].resident;
      scheduler.finish(one.task, one.worker, now + 1);
    }
  }
  CHECK(turns == tasks.size() / 8);
  CHECK(loads >= 130);
  CHECK(loads <= 145);
}

TEST_CASE("a worker without a group takes the one with most work a worker",
          "[runner][scheduler_decisions]") {
  std::vector<SchedulerTask> tasks = independent_tasks(2, 1, 7);
  for (const auto& task : independent_tasks(6, 1, 8)) tasks.push_back(task);
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 4);
  // The large group, the one that nobody has, then where most is left:
  // 5 tasks against 1, 4 / 2 against 1.
  CHECK(given(scheduler, 0) == Given{"2@1", "0@2", "3@3", "4@4"});
}

TEST_CASE("what is loaded is kept before what is more urgent elsewhere",
          "[runner][scheduler_decisions]") {
  std::vector<SchedulerTask> tasks = independent_tasks(3, 5, 7);
  for (const auto& task : independent_tasks(3, 1, 8)) tasks.push_back(task);
  tasks.push_back({{}, 2, 0, 0});  // needs nothing, goes by its chain
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "6@2"});
  scheduler.finish(6, 2, 1);
  CHECK(given(scheduler, 1) == Given{"3@2"});
  scheduler.finish(3, 2, 2);
  CHECK(given(scheduler, 2) == Given{"4@2"});  // and not 1, of the first group
  // Once its own is at an end a worker helps others.
  scheduler.finish(4, 2, 3);
  CHECK(given(scheduler, 3) == Given{"5@2"});
  scheduler.finish(5, 2, 4);
  CHECK(given(scheduler, 4) == Given{"1@2"});
}

TEST_CASE("of several that share a model one leaves for a longer chain",
          "[runner][scheduler_decisions]") {
  // Evaluations with a model that both have; then an SAE's task is ready.
  std::vector<SchedulerTask> tasks = independent_tasks(6, 1, 7);
  tasks.push_back({{0}, 9, 0, 8});
  tasks.push_back({{0}, 9, 0, 8});
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.finish(0, 1, 1);
  CHECK(given(scheduler, 1) == Given{"6@1"});
  // The last one that has the model loaded stays.
  scheduler.finish(1, 2, 1);
  CHECK(given(scheduler, 1) == Given{"2@2"});
}

TEST_CASE("a task goes to the idle worker that has its model loaded",
          "[runner][scheduler_decisions]") {
  std::vector<SchedulerTask> tasks = {
      {{}, 1, 0, 7}, {{}, 1, 0, 8}, {{1}, 1, 0, 8}};
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"1@1", "0@2"});
  scheduler.finish(0, 2, 1);
  scheduler.add_worker(3, 1);
  CHECK(given(scheduler, 1).empty());
  scheduler.finish(1, 1, 2);
  CHECK(given(scheduler, 2) == Given{"2@1"});
}

TEST_CASE("a worker is lost after a silence and back with the next word",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(3), {});
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.heard(2, 20);
  CHECK(scheduler.overdue(29.9).empty());
  const auto silent = scheduler.overdue(30);
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].worker == 1);
  CHECK_FALSE(silent[0].task);
  scheduler.lose(1, 30);
  CHECK(scheduler.overdue(30).empty());
  CHECK(given(scheduler, 30).empty());
  scheduler.heard(1, 31);
  CHECK(scheduler.workers() == 2);
  // It failed 0, another alive did not.
  CHECK(given(scheduler, 31) == Given{"2@1"});
  scheduler.heard(9, 31);  // never seen before
  CHECK(scheduler.workers() == 2);
}

TEST_CASE("a lease has a deadline, however often its worker beats",
          "[runner][scheduler_decisions]") {
  SchedulerPolicy policy;
  policy.least_deadline = 50;
  policy.straggler = 1000;
  Scheduler scheduler(
      {{{}, 1, 0, 0}, {{}, 1, 0, 0}, {{}, 5, 0, 0}, {{}, 1, 1, 0}}, {}, policy);
  add_workers(scheduler, 4);
  CHECK(given(scheduler, 0) == Given{"2@1", "0@2", "1@3", "3@4"});
  const auto beat = [&](double now) {
    for (int worker = 1; worker <= 4; ++worker) scheduler.heard(worker, now);
  };
  beat(1000);
  CHECK(scheduler.overdue(1000).empty());  // nothing is known of any kind
  scheduler.finish(1, 3, 1001);
  // 1001 s expected, 20 of them are patience.
  beat(20019);
  CHECK(scheduler.overdue(20019).empty());
  beat(20020);
  const auto late = scheduler.overdue(20020);
  REQUIRE(late.size() == 1);
  CHECK(late[0].worker == 2);
  CHECK(late[0].task == 0U);

  scheduler.lose(2, 20020);
  CHECK(given(scheduler, 20020) == Given{"0@3"});
  scheduler.heard(2, 20021);  // it beats, but is still stuck
  CHECK(scheduler.workers() == 3);
  CHECK(scheduler.finish(0, 2, 20022) == Finished::first);
  CHECK(scheduler.workers() == 4);
}

TEST_CASE("the end is as far as the work, and as the longest chain",
          "[runner][scheduler_decisions]") {
  std::vector<SchedulerTask> tasks = independent_tasks(21);
  tasks.push_back({{0}, 4, 0, 0});
  Scheduler scheduler(tasks, {1});
  add_workers(scheduler, 4);
  CHECK(given(scheduler, 0) == Given{"0@1", "2@2", "3@3", "4@4"});
  CHECK_FALSE(scheduler.expected_left(0));
  scheduler.finish(2, 2, 2);
  // 22 a task of 2 s, less the three that are as good as done, by four.
  CHECK(*scheduler.expected_left(2) == Approx((22 * 2 + 2 - 3 * 2) / 4.0));
  for (int worker = 1; worker <= 3; ++worker) scheduler.lose(worker, 2);
  CHECK(*scheduler.expected_left(2) == Approx(22 * 2 + 2 - 2));
  Scheduler narrow({{{}, 1, 0, 0}, {{0}, 1, 0, 0}, {{1}, 4, 0, 0}}, {});
  add_workers(narrow, 4);
  given(narrow, 0);
  narrow.finish(0, 1, 3);
  CHECK(*narrow.expected_left(3) == Approx(15));
  given(narrow, 3);
  CHECK(*narrow.expected_left(4) == Approx(14));
}

TEST_CASE("no end is told before it means something",
          "[runner][scheduler_decisions]") {
  // A hundred of one kind and ten far larger ones of another.
  std::vector<SchedulerTask> tasks = independent_tasks(100);
  for (int i = 0; i < 10; ++i) tasks.push_back({{}, 0.5, 1, 0});
  Scheduler scheduler(tasks, {});
  add_workers(scheduler, 1);
  double now = 0;
  std::size_t ended = 0;
  const auto end_one = [&] {
    const auto next = scheduler.next(now);
    REQUIRE(next);
    scheduler.finish(next->task, 1, ++now);
    ++ended;
  };
  while (!scheduler.expected_left(now)) end_one();
  CHECK(ended == 3);  // two a worker may be loading, and one more
  // Two of 20 workers' tasks are a tenth of all FLOPs.
  Scheduler few(independent_tasks(20), {});
  add_workers(few, 20);
  given(few, 0);
  few.finish(0, 1, 5);
  CHECK(few.expected_left(5));
  // What is left is of a kind of which nothing is known.
  Scheduler strange({{{}, 1, 0, 0}, {{}, 1, 0, 0}, {{0, 1}, 9, 1, 0}}, {});
  add_workers(strange, 1);
  for (std::size_t task = 0; task < 2; ++task) {
    given(strange, 0);
    strange.finish(task, 1, static_cast<double>(task) + 1);
  }
  CHECK_FALSE(strange.expected_left(2));
}

TEST_CASE("a running task is done in part, by what such tasks take",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(4), {});
  add_workers(scheduler, 1);
  given(scheduler, 0);
  CHECK(scheduler.part_done(0, 5) == 0);  // nothing is known of its kind
  scheduler.finish(0, 1, 10);
  CHECK(scheduler.part_done(0, 10) == 1);
  given(scheduler, 10);
  CHECK(scheduler.part_done(1, 10) == 0);
  CHECK(scheduler.part_done(1, 14) == Approx(0.4));
  CHECK(scheduler.part_done(1, 100) == Approx(0.95));  // not before it is done
  CHECK(scheduler.part_done(2, 100) == 0);
}

TEST_CASE("short tasks are held in advance, up to the lead",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(40), {}, with_lead(3.5));
  add_workers(scheduler, 2);
  // Nothing is known of them yet.
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.finish(0, 1, 1);
  CHECK(given(scheduler, 1) == Given{"2@1", "3@1", "4@1", "5@1"});
  scheduler.finish(2, 1, 2);
  CHECK(given(scheduler, 2) == Given{"6@1"});
  // They are timed from the end of the one before.
  scheduler.finish(3, 1, 4);
  scheduler.finish(4, 1, 7);
  CHECK(*scheduler.expected(9) == Approx(2));

  SECTION("and not beyond a number") {
    SchedulerPolicy policy = with_lead(1000);
    policy.most_held = 3;
    Scheduler few(independent_tasks(40), {}, policy);
    add_workers(few, 1);
    given(few, 0);
    few.finish(0, 1, 1);
    CHECK(given(few, 1) == Given{"1@1", "2@1", "3@1"});
  }
  SECTION("and only of what is loaded") {
    std::vector<SchedulerTask> tasks = independent_tasks(4, 2, 7);
    for (const auto& task : independent_tasks(9, 1, 8)) tasks.push_back(task);
    Scheduler grouped(tasks, {}, with_lead(1000));
    add_workers(grouped, 1);
    CHECK(given(grouped, 0) == Given{"0@1"});
    grouped.finish(0, 1, 1);
    CHECK(given(grouped, 1) == Given{"1@1", "2@1", "3@1"});
  }
}

TEST_CASE("nothing is held in advance when fewer tasks than workers are left",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(8), {}, with_lead(1000));
  add_workers(scheduler, 3);
  CHECK(given(scheduler, 0).size() == 3);
  scheduler.finish(0, 1, 1);
  // One is idle and comes first; four are ready then, three workers.
  CHECK(given(scheduler, 1) == Given{"3@1", "4@1", "5@1"});
  CHECK(scheduler.state(6) == TaskState::ready);
  scheduler.finish(1, 2, 1);
  scheduler.finish(2, 3, 1);
  CHECK(given(scheduler, 1) == Given{"6@2", "7@3"});
}

TEST_CASE("a straggler is copied to an idle worker, once",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(4), {});
  add_workers(scheduler, 4);
  CHECK(given(scheduler, 0).size() == 4);
  scheduler.finish(0, 1, 10);
  scheduler.finish(1, 2, 10);
  CHECK(given(scheduler, 19).empty());
  scheduler.finish(2, 3, 19);
  const Given copies = given(scheduler, 20);
  REQUIRE(copies == Given{"3@1*"});
  CHECK(scheduler.attempts(3) == 1);
  CHECK(given(scheduler, 1000).empty());

  SECTION("the copy wins") {
    CHECK(scheduler.finish(3, 1, 21) == Finished::first);
    CHECK(scheduler.finished());
    CHECK(scheduler.leased() == 0);
    CHECK(scheduler.finish(3, 4, 22) == Finished::copy);
    CHECK(scheduler.done() == 4);
  }
  SECTION("the original wins") {
    CHECK(scheduler.finish(3, 4, 21) == Finished::first);
    CHECK(scheduler.finish(3, 1, 22) == Finished::copy);
  }
  SECTION("a failed copy is not a failed task") {
    CHECK(scheduler.fail(3, 1, 21).empty());
    CHECK(scheduler.state(3) == TaskState::leased);
    CHECK(scheduler.attempts(3) == 1);
    CHECK(given(scheduler, 1000).empty());  // nor is it copied again
    CHECK(scheduler.finish(3, 4, 1001) == Finished::first);
  }
  SECTION("when the original fails the copy is the next attempt") {
    CHECK(scheduler.fail(3, 4, 21).empty());
    CHECK(scheduler.state(3) == TaskState::leased);
    CHECK(scheduler.leased() == 1);
    CHECK(scheduler.attempts(3) == 2);
    CHECK(scheduler.fail(3, 1, 22).empty());
    CHECK(scheduler.state(3) == TaskState::ready);
    CHECK(given(scheduler, 22) == Given{"3@2"});
    CHECK(scheduler.fail(3, 2, 23) == Tasks{3});
  }
  SECTION("when its worker is lost the copy goes on") {
    CHECK(scheduler.lose(4, 21).empty());
    CHECK(scheduler.state(3) == TaskState::leased);
    CHECK(given(scheduler, 21).empty());
    CHECK(scheduler.finish(3, 1, 22) == Finished::first);
  }
  SECTION("when the copy's worker is lost another gets one") {
    CHECK(scheduler.lose(1, 21).empty());
    CHECK(scheduler.attempts(3) == 1);
    CHECK(given(scheduler, 21) == Given{"3@2*"});
  }
}

TEST_CASE("what waits behind a straggler is copied, too",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(6), {}, with_lead(2.5));
  add_workers(scheduler, 2);
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.finish(0, 1, 1);
  CHECK(given(scheduler, 1) == Given{"2@1", "3@1", "4@1"});
  scheduler.finish(1, 2, 1);
  CHECK(given(scheduler, 1) == Given{"5@2"});
  scheduler.finish(5, 2, 2);
  CHECK(given(scheduler, 2.9).empty());
  CHECK(given(scheduler, 3) == Given{"2@2*"});
  scheduler.finish(2, 2, 4);
  CHECK(given(scheduler, 5) == Given{"3@2*"});
  scheduler.finish(3, 2, 6);
  CHECK(given(scheduler, 7) == Given{"4@2*"});
  scheduler.finish(4, 2, 8);
  CHECK(scheduler.finished());
}

TEST_CASE("nothing is copied while there is something to lease",
          "[runner][scheduler_decisions]") {
  Scheduler scheduler(independent_tasks(8), {});
  add_workers(scheduler, 2);
  given(scheduler, 0);
  for (std::size_t task = 1; task < 7; ++task) {
    scheduler.finish(task, 2, static_cast<double>(task));
    CHECK(given(scheduler, static_cast<double>(task)) ==
          Given{std::to_string(task + 1) + "@2"});
  }
  scheduler.finish(7, 2, 7);
  CHECK(given(scheduler, 7) == Given{"0@2*"});
}

TEST_CASE("nothing is begun that would not end in time",
          "[runner][scheduler_decisions]") {
  SchedulerPolicy policy;
  policy.spare = 1.5;
  policy.straggler = 1.4;
  Scheduler scheduler(independent_tasks(5, 10), {}, policy);
  scheduler.end_at(40);
  add_workers(scheduler, 2);
  // Of unknown length, they are tried.
  CHECK(given(scheduler, 0) == Given{"0@1", "1@2"});
  scheduler.finish(0, 1, 10);
  CHECK(given(scheduler, 10) == Given{"2@1"});
  CHECK_FALSE(scheduler.out_of_time());
  // 15 s for what takes 10, which does not fit: nor does a copy of task 2.
  scheduler.finish(1, 2, 26);
  CHECK(given(scheduler, 26).empty());
  CHECK(scheduler.out_of_time());
  CHECK(scheduler.draining());
  CHECK(scheduler.leased() == 1);
  scheduler.finish(2, 1, 27);
  CHECK(given(scheduler, 27).empty());
  CHECK_FALSE(scheduler.finished());
}
