#include "runner/schedule/crew.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

namespace {

Crew crew_of(int n) {
  Crew crew;
  for (int worker = 1; worker <= n; ++worker) crew.add(worker, worker);
  return crew;
}

std::vector<int> ids(const std::list<Crew::Member*>& members) {
  std::vector<int> all;
  for (const Crew::Member* member : members) all.push_back(member->id);
  return all;
}

}  // namespace

TEST_CASE("workers are in order of their last sign of life", "[runner][crew]") {
  Crew crew = crew_of(3);
  CHECK(crew.live() == 3);
  CHECK(ids(crew.by_heard()) == std::vector{1, 2, 3});
  CHECK_FALSE(crew.heard(1, Crew::Sign::beat, 4));
  CHECK(ids(crew.by_heard()) == std::vector{2, 3, 1});
  CHECK(crew.at(1).heard == 4);
  CHECK_FALSE(crew.heard(9, Crew::Sign::beat, 4));
  CHECK(crew.find(9) == nullptr);
}

TEST_CASE("leases are computed in order, each from the end of the last",
          "[runner][crew]") {
  Crew crew = crew_of(2);
  crew.give(1, {10, 2}, 5);
  crew.give(1, {11, 3}, 5);
  crew.give(1, {12, 4}, 5);
  crew.give(2, {20, 1}, 6);
  CHECK(crew.at(1).lead == 7);
  CHECK(ids(crew.by_start()) == std::vector{1, 2});
  CHECK(crew.idle().empty());

  const auto first = crew.end(1, 10, 8);
  REQUIRE(first);
  CHECK(first->lease.task == 10);
  CHECK(*first->seconds == 3);
  CHECK(crew.at(1).start == 8);
  CHECK(crew.at(1).lead == 4);
  CHECK(ids(crew.by_start()) == std::vector{2, 1});
  // One out of its turn has no time of its own.
  CHECK_FALSE(crew.end(1, 12, 9)->seconds);
  CHECK(crew.at(1).lead == 0);
  CHECK(*crew.end(1, 11, 10)->seconds == 2);
  CHECK(crew.at(1).idle());
  CHECK(ids(crew.by_start()) == std::vector{2});
  CHECK_FALSE(crew.end(1, 11, 11));
  CHECK_FALSE(crew.end(9, 11, 11));
}

TEST_CASE("a result from before a worker was lost puts off its next lease",
          "[runner][crew]") {
  Crew crew = crew_of(1);
  crew.give(1, {10, 0}, 2);
  CHECK(crew.lose(1, WorkerState::lost).size() == 1);
  CHECK(crew.live() == 0);
  CHECK(crew.idle().empty());
  CHECK(crew.by_start().empty());
  CHECK(crew.heard(1, Crew::Sign::beat, 3));
  crew.give(1, {11, 0}, 3);
  CHECK_FALSE(crew.end(1, 10, 7));
  CHECK(*crew.end(1, 11, 9)->seconds == 2);
}

TEST_CASE("a stuck worker comes back with a result, not with a beat",
          "[runner][crew]") {
  Crew crew = crew_of(2);
  crew.lose(1, WorkerState::hangs);
  CHECK_FALSE(crew.heard(1, Crew::Sign::beat, 3));
  CHECK(crew.live() == 1);
  CHECK(crew.heard(1, Crew::Sign::result, 4));
  CHECK(crew.live() == 2);
  crew.lose(1, WorkerState::hangs);
  CHECK(crew.add(1, 5));  // a new process
  CHECK_FALSE(crew.add(1, 6));
}

TEST_CASE("who never said hello is revived by nothing else", "[runner][crew]") {
  Crew crew;
  crew.expect(1, 5);
  CHECK(crew.at(1).state == WorkerState::expected);
  CHECK_FALSE(crew.heard(1, Crew::Sign::beat, 7));
  CHECK(crew.at(1).heard == 7);
  CHECK(crew.lose(1, WorkerState::lost).empty());
  CHECK_FALSE(crew.heard(1, Crew::Sign::result, 8));
  CHECK(crew.count(WorkerState::lost) == 1);
  CHECK(crew.add(1, 9));
  CHECK(crew.count(WorkerState::lost) == 0);
  CHECK(crew.live() == 1);
}

TEST_CASE("a last word revives nobody", "[runner][crew]") {
  Crew crew = crew_of(1);
  crew.give(1, {10, 0}, 2);
  CHECK(crew.lose(1, WorkerState::left).size() == 1);
  CHECK_FALSE(crew.heard(1, Crew::Sign::word, 3));
  CHECK(crew.at(1).heard == 3);
  CHECK(crew.at(1).state == WorkerState::left);
  CHECK(crew.heard(1, Crew::Sign::beat, 4));
}

TEST_CASE("idle workers are sorted by what they have loaded",
          "[runner][crew]") {
  Crew crew = crew_of(3);
  crew.load(1, 8);
  crew.load(3, 7);
  using Idle = std::set<std::pair<std::uint32_t, int>>;
  CHECK(crew.idle() == Idle{{0, 2}, {7, 3}, {8, 1}});
  crew.give(3, {1, 0}, 4);
  CHECK(crew.idle() == Idle{{0, 2}, {8, 1}});
  crew.load(3, 8);
  crew.end(3, 1, 5);
  CHECK(crew.idle() == Idle{{0, 2}, {8, 1}, {8, 3}});
  // Lost and heard of again it still has it; a new process has nothing.
  crew.lose(1, WorkerState::lost);
  crew.heard(1, Crew::Sign::beat, 6);
  CHECK(crew.idle() == Idle{{0, 2}, {8, 1}, {8, 3}});
  crew.lose(1, WorkerState::lost);
  crew.add(1, 7);
  CHECK(crew.idle() == Idle{{0, 1}, {0, 2}, {8, 3}});
}

TEST_CASE("who falls behind first is first", "[runner][crew]") {
  Crew crew = crew_of(2);
  crew.give(1, {1, 0}, 0);
  crew.give(2, {2, 0}, 0);
  crew.set_due(1, 9);
  crew.set_due(2, 5);
  CHECK(crew.due().begin()->second == 2);
  crew.set_due(2, 10);
  CHECK(crew.due().begin()->second == 1);
  crew.end(1, 1, 1);
  CHECK(crew.due().size() == 1);
  crew.lose(2, WorkerState::lost);
  CHECK(crew.due().empty());
}

TEST_CASE("what failed on everybody alive is anybody's", "[runner][crew]") {
  Crew crew = crew_of(3);
  CHECK(crew.may_have(1, {}));
  CHECK(crew.may_have(1, {2, 3}));
  CHECK_FALSE(crew.may_have(1, {1, 2}));
  crew.lose(3, WorkerState::lost);
  CHECK(crew.may_have(1, {1, 2}));
  CHECK_FALSE(crew.may_have(1, {1, 3}));
}
