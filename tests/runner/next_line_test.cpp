#include "runner/status/next_line.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;
using Catch::Contains;
using Catch::EndsWith;

namespace {

const std::string kGoOn =
    "next: mpirun -n 3 coxswain run 'my sweep.toml' --out 'runs/my toy' "
    "--only layer=1";

RunView toy_view(Condition condition) {
  RunView view;
  view.path = "runs/my toy";
  view.condition = condition;
  view.call =
      RunCall{"mpirun -n 3", "my sweep.toml", view.path, {"--only", "layer=1"}};
  view.journal.starts = {{1, 2, 0, 0}};
  return view;
}

RunView ended(int code) {
  RunView view = toy_view(Condition::ended);
  view.exit = ExitNote{code, ""};
  return view;
}

}  // namespace

TEST_CASE("what is under way can be stopped, but once", "[runner][next_line]") {
  CHECK(next_line(toy_view(Condition::running)) ==
        "next: coxswain stop 'runs/my toy' ends it early; coxswain report "
        "'runs/my toy' shows what is there\n");
  CHECK(next_line(toy_view(Condition::draining)) ==
        kGoOn + " goes on, once it has ended\n");
  RunView asked = toy_view(Condition::running);
  asked.stop_asked = true;  // and it has not looked yet
  CHECK(next_line(asked) == kGoOn + " goes on, once it has ended\n");
  CHECK(next_line(toy_view(Condition::sealing)) ==
        "next: coxswain report 'runs/my toy', when it is sealed\n");
}

TEST_CASE("what ended with work left has the line that goes on",
          "[runner][next_line]") {
  CHECK(next_line(ended(12)) == kGoOn + " goes on\n");  // no report of nothing
  CHECK(next_line(ended(10)) == kGoOn + " goes on\n");
  CHECK(next_line(toy_view(Condition::killed)) == kGoOn + " goes on\n");
  RunView view = ended(12);
  view.journal.committed[{0, 1}] = {};
  CHECK(next_line(view) ==
        "next: coxswain report 'runs/my toy' shows what is there\n" + kGoOn +
            " goes on\n");
  view.call.reset();  // an older version's
  CHECK_THAT(next_line(view),
             EndsWith("next: coxswain run its sweep again, with --out "
                      "'runs/my toy', goes on\n"));
}

TEST_CASE("what is complete has a report", "[runner][next_line]") {
  CHECK(next_line(ended(0)) == "next: coxswain report 'runs/my toy'\n");
  RunView view = ended(3);  // cells failed, no task did
  CHECK(next_line(view) == "next: coxswain report 'runs/my toy'\n");
  view.journal.quarantined[{0, 1}] = {};
  CHECK(next_line(view) == "next: coxswain report 'runs/my toy'\n" + kGoOn +
                               " tries again what was given up\n");
}

TEST_CASE("what Slurm will begin with is waited for", "[runner][next_line]") {
  RunView view = ended(13);
  view.slurm = SlurmQueue{1, "", {{"7", "PENDING", "Priority", "", ""}}};
  CHECK(
      next_line(view) ==
      "next: coxswain status 'runs/my toy' --watch waits for the next start\n");
  view.slurm->jobs.clear();
  CHECK(next_line(view) == kGoOn + " goes on\n");
  RunView unborn;
  unborn.path = "runs/toy";
  REQUIRE(is_unborn(unborn));
  CHECK_THAT(next_line(unborn), Contains("--watch waits for its start"));
}
