#include "runner/status/run_view.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Directory {
  tests::Scratch scratch;
  storage::RunDirectory run{scratch.file("run")};
  Directory() { run.create(); }

  // Seen at a moment from a host, where `process` alone is alive.
  RunView seen(double now, const std::string& host,
               std::int64_t process = 0) const {
    return look_at(run, {now, host, [process](std::int64_t one) {
                           return one == process;
                         }});
  }
  Condition condition(double now, const std::string& host,
                      std::int64_t process = 0) const {
    return seen(now, host, process).condition;
  }
};

}  // namespace

TEST_CASE("a status that is renewed is of a run under way",
          "[runner][run_view]") {
  const Directory folder;
  write_live_status(folder.run, tests::toy_status());  // node1, 4711, at 1000
  CHECK(folder.condition(1002, "login") == Condition::running);
  CHECK(folder.condition(1014, "login") == Condition::running);
  CHECK(folder.seen(1014, "login").age == 14.0);
  // The other host's clock is ahead of ours.
  CHECK(folder.condition(990, "login") == Condition::running);
  CHECK(folder.seen(990, "login").age == 0.0);
  LiveStatus draining = tests::toy_status();
  draining.phase = RunPhase::draining;
  write_live_status(folder.run, draining);
  CHECK(folder.condition(1002, "login") == Condition::draining);
}

TEST_CASE("a status that grows old is of a run that was killed",
          "[runner][run_view]") {
  const Directory folder;
  write_live_status(folder.run, tests::toy_status());
  CHECK(folder.condition(1016, "login") == Condition::killed);
  // On its own host the process can be asked.
  CHECK(folder.condition(1016, "node1", 4711) == Condition::silent);
  CHECK(folder.condition(1006, "node1") == Condition::killed);
  CHECK(folder.condition(1004, "node1") == Condition::running);
  LiveStatus patient = tests::toy_status();
  patient.quiet = 600;
  write_live_status(folder.run, patient);
  CHECK(folder.condition(1590, "login") == Condition::running);
  CHECK(folder.condition(1601, "login") == Condition::killed);
  CHECK(is_under_way(Condition::silent));
  CHECK_FALSE(is_under_way(Condition::killed));
}

TEST_CASE("exit.json has the last word", "[runner][run_view]") {
  const Directory folder;
  write_live_status(folder.run, tests::toy_status());
  tests::write_file(folder.run.exit_file(), R"({"exit":12,"sentence":"why"})");
  const RunView view = folder.seen(1001, "node1", 4711);
  CHECK(view.condition == Condition::ended);
  REQUIRE(view.exit);
  CHECK(view.exit->code == 12);
  CHECK(view.exit->sentence == "why");
  tests::write_file(folder.run.exit_file(), R"({"exit":)");
  CHECK(folder.condition(1001, "node1", 4711) == Condition::running);
}

TEST_CASE("without a status the lock's holder is asked", "[runner][run_view]") {
  const Directory folder;
  CHECK(folder.condition(1000, "node1") == Condition::unknown);
  tests::write_file(folder.run.lock_file(), "process 4711 on node1");
  CHECK(folder.condition(1000, "node1", 4711) == Condition::starting);
  CHECK(folder.condition(1000, "node1") == Condition::killed);
  CHECK(folder.condition(1000, "login", 4711) == Condition::unknown);
  CHECK(folder.condition(1000, "ode1", 4711) == Condition::unknown);
}

TEST_CASE("damaged reports are not the end of a look", "[runner][run_view]") {
  const Directory folder;
  tests::write_file(folder.run.status_file(), R"({"version": 1, "na)");
  tests::write_file(folder.run.provenance(),
                    R"({"planned": {"evaluate": 10, )");
  const RunView view = folder.seen(1000, "login");
  CHECK_FALSE(view.live);
  CHECK_THAT(view.fault, Catch::Contains("status.json"));
  CHECK(view.planned.empty());
  tests::write_file(folder.run.provenance(),
                    R"({"planned": {"evaluate": 10, "vector": -1}})");
  CHECK(folder.seen(1000, "login").planned ==
        std::map<std::string, std::size_t>{{"evaluate", 10}});
}

TEST_CASE("a view has the line that goes on with the run",
          "[runner][run_view]") {
  const Directory folder;
  CHECK_FALSE(folder.seen(1000, "login").call);
  tests::write_file(
      folder.run.provenance(),
      R"({"call": {"launcher": "", "sweep": "/s/x.toml", "words": ["--set"]}})");
  const auto call = folder.seen(1000, "login").call;
  REQUIRE(call);
  CHECK(command_of(*call) ==
        "coxswain run /s/x.toml --out " + folder.run.path() + " --set");
  tests::write_file(folder.run.provenance(), R"({"call": {"sweep": 3}})");
  CHECK_FALSE(folder.seen(1000, "login").call);
}

TEST_CASE("a request to stop is seen while somebody may hear it",
          "[runner][run_view]") {
  const Directory folder;
  folder.run.ask_to_stop("somebody");
  CHECK_FALSE(folder.seen(1000, "login").stop_asked);
  write_live_status(folder.run, tests::toy_status());
  CHECK(folder.seen(1002, "login").stop_asked);
  CHECK_FALSE(folder.seen(9999, "login").stop_asked);
}

TEST_CASE("a run directory that nobody has begun with is unborn",
          "[runner][run_view]") {
  const Directory folder;
  CHECK(is_unborn(folder.seen(1000, "login")));
  write_live_status(folder.run, tests::toy_status());
  CHECK_FALSE(is_unborn(folder.seen(1002, "login")));
  CHECK_FALSE(is_unborn(folder.seen(9999, "login")));
}

TEST_CASE("a look at what is no run ends with its own code",
          "[runner][run_view]") {
  const tests::Scratch scratch;
  try {
    look_at(storage::RunDirectory(scratch.path()), viewpoint_here());
    FAIL("looked at an empty folder");
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::foreign_run);
    CHECK_THAT(error.what(), Catch::Contains("without a journal"));
  }
}
