#include "runner/status/status_keeper.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"
#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Kept {
  tests::Scratch scratch;
  storage::RunDirectory run{scratch.path()};
  double now = 1000;
  StatusKeeper keeper{
      run, {"toy", "id1", "a sweep"}, 3, [this] { return now; }};

  LiveStatus read() const { return read_live_status(run).value(); }
};

}  // namespace

TEST_CASE("a start is told at once, with who makes it",
          "[runner][status_keeper]") {
  const Kept kept;
  const LiveStatus status = kept.read();
  CHECK(status.name == "toy");
  CHECK(status.epoch == 3);
  CHECK(status.process == ::getpid());
  CHECK(status.phase == RunPhase::starting);
  CHECK(status.begun == 1000);
}

TEST_CASE("a status is due every two seconds", "[runner][status_keeper]") {
  Kept kept;
  CHECK_FALSE(kept.keeper.is_due());
  kept.now += 2;
  CHECK(kept.keeper.is_due());
  kept.keeper.tell(RunPhase::running, {}, {}, std::nullopt);
  CHECK_FALSE(kept.keeper.is_due());
  CHECK(kept.read().written == 1002);
}

TEST_CASE("the pace follows from the counts, what is left is who tells's",
          "[runner][status_keeper]") {
  Kept kept;
  auto stages = tests::toy_status().stages;
  kept.keeper.tell(RunPhase::running, stages, {}, std::nullopt);
  CHECK_FALSE(kept.read().seconds_left);
  kept.now += 10;
  stages[1].done += 2;
  stages[1].cost_done += 4e9;
  kept.keeper.tell(RunPhase::running, stages, {}, std::nullopt);
  CHECK(kept.read().tasks_per_second == Approx(0.2));
  CHECK(kept.read().flops_per_second == Approx(4e8));
  CHECK_FALSE(kept.read().seconds_left);  // nobody knows
  kept.keeper.tell(RunPhase::running, stages, {}, 7.0);
  CHECK(kept.read().seconds_left == 7.0);
  kept.keeper.tell(RunPhase::sealing);
  CHECK(kept.read().phase == RunPhase::sealing);
  CHECK(kept.read().stages.size() == 2);
}

TEST_CASE("the last errors are kept, and the first tasks given up",
          "[runner][status_keeper]") {
  Kept kept;
  for (std::size_t i = 0; i < 2 * kMostGivenUp; ++i) {
    kept.keeper.failed(1, {i, "evaluate", "key"},
                       {{}, 1, 1, "no luck", storage::FailureKind::memory});
    kept.keeper.given_up({i, "evaluate", "key"});
  }
  kept.keeper.tell(RunPhase::running);
  const LiveStatus status = kept.read();
  REQUIRE(status.errors.size() == kMostErrors);
  CHECK(status.errors.back().task.task == 2 * kMostGivenUp - 1);
  CHECK(status.errors.back().time == 1000);
  CHECK(status.errors.back().failure == storage::FailureKind::memory);
  REQUIRE(status.given_up.size() == kMostGivenUp);
  CHECK(status.given_up.back().task == kMostGivenUp - 1);
}
