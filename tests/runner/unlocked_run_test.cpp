#include "runner/work/unlocked_run.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"
#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

// A run directory without locks, and who is there to look at it.
struct Unlocked {
  tests::Scratch scratch;
  storage::RunDirectory run{scratch.path()};
  LiveStatus live = tests::toy_status();  // process 4711 on node1
  bool alive = true;
  bool renews = true;
  int pauses = 0;

  void look(const std::string& host) {
    write_live_status(run, live);
    refuse_if_alive(run, "No locks available",
                    {2000, host, [&](std::int64_t) { return alive; }}, [&] {
                      ++pauses;
                      if (renews) live.written += 2;
                      write_live_status(run, live);
                    });
  }
};

}  // namespace

TEST_CASE("a run that renews its status is in use without a lock",
          "[runner][unlocked_run]") {
  for (const char* host : {"node1", "node2"}) {
    Unlocked at;
    CHECK_THROWS_WITH(
        at.look(host),
        Contains("lock: flock: No locks available, and status.json is kept by "
                 "process 4711 on node1") &&
            Contains("--take-over"));
    CHECK(at.pauses == 1);
    CHECK_THROWS_AS(at.look(host), storage::RunInUse);
  }
}

TEST_CASE("a run whose process is gone goes on at once without a lock",
          "[runner][unlocked_run]") {
  Unlocked at;
  at.alive = false;
  CHECK_NOTHROW(at.look("node1"));
  CHECK(at.pauses == 0);
}

TEST_CASE("a run of another host goes on once nothing is renewed",
          "[runner][unlocked_run]") {
  Unlocked at;
  at.renews = false;
  CHECK_NOTHROW(at.look("node2"));
  CHECK(at.pauses == 15);  // LiveStatus::quiet
}

TEST_CASE("who seals renews nothing and is there all the same",
          "[runner][unlocked_run]") {
  Unlocked at;
  at.renews = false;
  at.live.phase = RunPhase::sealing;
  CHECK_THROWS_AS(at.look("node1"), storage::RunInUse);
  CHECK(at.pauses == 0);
}

TEST_CASE("a run that has ended is nobody's", "[runner][unlocked_run]") {
  Unlocked ended;
  ended.live.phase = RunPhase::ended;
  CHECK_NOTHROW(ended.look("node1"));
  Unlocked said;
  tests::write_file(said.run.exit_file(), "{}");
  CHECK_NOTHROW(said.look("node1"));
}
