#include "runner/work/farewell.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;
using Catch::Contains;
using Catch::EndsWith;

namespace {

Farewell toy_farewell(LauncherSays says = LauncherSays::nothing) {
  return {{"", "my toy.toml", "runs/x", {"--only", "layer=1"}}, says};
}

const std::string kNext =
    "next: coxswain run 'my toy.toml' --out runs/x --only layer=1";

}  // namespace

TEST_CASE("the last words are what is kept and what to type",
          "[runner][farewell]") {
  Farewell farewell = toy_farewell();
  farewell.keeps("runs/x", 5, 17);
  CHECK(farewell.last_words(ExitCode::drained, "") ==
        "coxswain: ended before it was complete: 5 of 17 tasks are done and "
        "kept in runs/x\n" +
            kNext + "\n");
  CHECK(farewell.last_words(ExitCode::out_of_time, "") ==
        "coxswain: no task that is left would end in time: 5 of 17 tasks are "
        "done and kept in runs/x\n" +
            kNext + "\n");
  CHECK(farewell.last_words(ExitCode::done, "").empty());
}

TEST_CASE("an error comes first, with what is kept behind it",
          "[runner][farewell]") {
  Farewell farewell = toy_farewell();
  // Nothing is kept where there is no run yet.
  CHECK(farewell.last_words(ExitCode::storage, "disk full") ==
        "coxswain: disk full\n");
  farewell.keeps("runs/x", 5, 17);
  CHECK(farewell.last_words(ExitCode::storage, "disk full") ==
        "coxswain: disk full\ncoxswain: 5 of 17 tasks are done and kept in "
        "runs/x\n" +
            kNext + " goes on, once that is mended\n");
  CHECK_THAT(farewell.last_words(ExitCode::run_in_use, "another"),
             EndsWith("next: coxswain status runs/x --watch\n"));
}

TEST_CASE("what was given up can be looked at and tried again",
          "[runner][farewell]") {
  Farewell farewell = toy_farewell();
  farewell.keeps("runs/x", 15, 17);
  CHECK(farewell.last_words(ExitCode::quarantined, "2 were given up") ==
        "coxswain: 2 were given up\n"
        "next: coxswain status runs/x --failed has the reasons\n" +
            kNext + " tries them again\n");
}

TEST_CASE("cells that failed in tasks that are done are not tried again",
          "[runner][farewell]") {
  Farewell farewell = toy_farewell();
  farewell.keeps("runs/x", 17, 17);
  CHECK(farewell.last_words(ExitCode::quarantined, "3 cells are not there") ==
        "coxswain: 3 cells are not there\n"
        "next: coxswain report runs/x shows what is there\n");
}

TEST_CASE("what mpirun adds is said beforehand", "[runner][farewell]") {
  Farewell farewell = toy_farewell(LauncherSays::the_code);
  farewell.keeps("runs/x", 5, 17);
  CHECK_THAT(
      farewell.last_words(ExitCode::drained, ""),
      EndsWith("(what mpirun says below is of exit code 12 alone: mpirun "
               "--quiet leaves it out, coxswain status runs/x says the "
               "above again)\n"));
  CHECK(farewell.last_words(ExitCode::done, "").empty());
}

TEST_CASE("a drain says who asked and what it waits for",
          "[runner][farewell]") {
  Farewell farewell = toy_farewell();
  farewell.keeps("runs/x", 5, 17);
  CHECK(farewell.drains("Ctrl-C", 1) ==
        "Ctrl-C: it ends when 1 task under way is finished; done and kept: 5 "
        "of 17 (Ctrl-C again: at once)");
  CHECK(farewell.drains("coxswain stop", 2) ==
        "coxswain stop: it ends when 2 tasks under way are finished; done and "
        "kept: 5 of 17");
  CHECK_THAT(farewell.drains("SIGTERM", 0),
             Contains("it ends now;") && !Contains("again"));
  CHECK(farewell.next() == kNext);
}
