#include "runner/status/status_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

RunView toy_view() {
  RunView view;
  view.path = "runs/toy";
  view.condition = Condition::running;
  view.now = 1002;
  view.age = 2;
  view.live = tests::toy_status();
  view.journal.identity.name = "toy";
  view.journal.starts = {{1, 2, 0, 0, 0}, {3, 5, 1, 3, 1}};
  const auto kind = storage::FailureKind::memory;
  storage::FailureNote note{{{0, 9}, 2, 3, "out of memory", kind}, 3};
  view.journal.failed = {note};
  view.journal.quarantined[{0, 9}] = note;
  view.journal.quarantined[{0, 10}] = {{{0, 10}, 2, 3, "", kind}, 3};
  return view;
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a run under way tells what it does and what comes next",
          "[runner][status_text]") {
  const std::string text = status_text(toy_view());
  CHECK_THAT(text, Catch::StartsWith("RUNNING"));
  CHECK_THAT(text, Contains("toy, start 3 on node1 (process 4711)"));
  CHECK_THAT(text, Contains("3 of 10"));
  CHECK_THAT(text, Contains("7 of 14"));  // all stages
  CHECK_THAT(text, Contains("left 1m00"));
  CHECK_THAT(text, Contains("plan said"));
  CHECK_THAT(text, Contains("allocation ends in 1h06"));
  CHECK_THAT(text, Contains("computing evaluate 7"));
  CHECK_THAT(text, Contains("80 % busy"));
  CHECK_THAT(text, Contains("evaluate 9 on worker 2 (memory): out of memory"));
  CHECK_THAT(text, Contains("2 tasks given up (1 memory), 1 attempt failed: "
                            "coxswain status runs/toy --failed"));
  CHECK_THAT(text, Contains("44 %   5 GFLOP/s   left 1m00, at "));
  CHECK_THAT(text, Contains("next: coxswain stop runs/toy"));
}

TEST_CASE("a run that drains is not told to stop", "[runner][status_text]") {
  RunView view = toy_view();
  view.live->phase = RunPhase::draining;
  view.condition = Condition::draining;
  const std::string text = status_text(view);
  CHECK_THAT(text, !Contains("coxswain stop"));
  CHECK_THAT(text, Contains("draining: 2 tasks under way"));
  CHECK_THAT(text, !Contains("left ") && !Contains("plan said"));
  CHECK_THAT(text, Catch::EndsWith("with --out runs/toy, goes on, once it has "
                                   "ended\n"));
  // It was asked, and has not looked yet.
  view = toy_view();
  view.stop_asked = true;
  CHECK_THAT(status_text(view), !Contains("coxswain stop"));
  view.stop_asked = false;
  view.condition = Condition::sealing;
  CHECK_THAT(status_text(view), !Contains("coxswain stop"));
}

TEST_CASE("an old word of a run under way has its age",
          "[runner][status_text]") {
  RunView view = toy_view();
  CHECK_THAT(status_text(view), !Contains(" ago"));
  view.age = 40;
  CHECK_THAT(status_text(view), Contains("for 1m40, last heard 40 s ago"));
}

TEST_CASE("every worker is shown with its node and GPU",
          "[runner][status_text]") {
  const std::string text = workers_text(toy_view());
  CHECK(lines_of(text) == 3);
  CHECK_THAT(text, Contains("     1  node1            3          computing "
                            "evaluate 7") &&
                       Contains("     2  node2            -          lost"));
  RunView view = toy_view();
  view.live.reset();
  CHECK(workers_text(view) == "no worker is known\n");
}

TEST_CASE("many workers are few lines, those to look at first",
          "[runner][status_text]") {
  RunView view = toy_view();
  const std::size_t before = lines_of(status_text(view));
  for (int number = 3; number <= 257; ++number) {
    view.live->workers.push_back({number, "node9", "", WorkerPhase::computing,
                                  1, "evaluate", 1,
                                  static_cast<std::size_t>(500 - number), 1});
  }
  const std::string text = status_text(view);
  CHECK(lines_of(text) == before + 14);  // 2 workers before, 16 lines now
  CHECK_THAT(text, Contains("256 computing 1 lost"));
  CHECK_THAT(text,
             Contains("and 242 more, the slowest of them 257 on node9, 243"));
  CHECK(text.find("   2  node2") < text.find("   1  node1"));
}

TEST_CASE("a run that was killed says how old its word is",
          "[runner][status_text]") {
  RunView view = toy_view();
  view.condition = Condition::killed;
  view.age = 190;
  const std::string text = status_text(view);
  CHECK_THAT(text, Catch::StartsWith("KILLED"));
  CHECK_THAT(text, Contains("status.json is 3m10 old"));
  CHECK_THAT(text, Contains("tasks: 0 done, 0 under way at the end"));
  CHECK_THAT(text, Contains("next: coxswain run"));
  CHECK_THAT(text, !Contains("workers"));
}

TEST_CASE("a run that ended tells its code", "[runner][status_text]") {
  RunView view = toy_view();
  view.condition = Condition::ended;
  view.exit = ExitNote{3, ""};
  CHECK_THAT(status_text(view), Contains("ENDED exit 3 (complete but"));
  CHECK_THAT(status_text(view), Contains("next: coxswain report runs/toy"));
  view.exit = ExitNote{10, "disk full"};
  CHECK_THAT(status_text(view), Contains("disk full"));
  CHECK_THAT(status_text(view), Contains("next: coxswain run"));
}

TEST_CASE("without a status.json the journal tells", "[runner][status_text]") {
  RunView view = toy_view();
  view.condition = Condition::unknown;
  view.live.reset();
  view.age.reset();
  view.planned = {{"extract", 4}, {"evaluate", 10}};
  const std::string text = status_text(view);
  CHECK_THAT(text, Contains("neither status.json nor exit.json"));
  CHECK_THAT(text, Contains("0 of 14 done"));
  CHECK_THAT(text, Contains("2 quarantined"));
}

TEST_CASE("failures come with their place, reason and remedy",
          "[runner][status_text]") {
  RunView view = toy_view();
  const std::string text = failures_text(view);
  CHECK_THAT(text, Contains("given up: 2 tasks (1 memory)"));
  CHECK_THAT(text,
             Contains("evaluate 9: start 3, worker 2, attempt 3, memory: out"));
  CHECK_THAT(text, Contains("task 000000000000: depends on"));
  CHECK_THAT(text, Contains("tried again"));
  view.journal = {};
  CHECK(failures_text(view) == "no attempt failed\n");
}

TEST_CASE("scripts get the same as people", "[runner][status_text]") {
  const nlohmann::json json = status_json(toy_view());
  CHECK(json.at("state") == "running");
  CHECK(json.at("under_way") == true);
  CHECK(json.at("age_seconds") == 2);
  CHECK(json.at("status").at("stages").at(1).at("done") == 3);
  CHECK(json.at("exit").is_null());
  CHECK(json.at("journal").at("starts").at(1).at("failed_attempts") == 3);
  CHECK(json.at("journal").at("starts").at(1).at("reused") == 1);
  CHECK(json.at("journal").at("quarantined").size() == 2);
  CHECK(json.at("journal").at("quarantined").at(0).at("failure") == "memory");
  CHECK(json.at("journal").at("failed_attempts").at(0).at("failure") ==
        "memory");
  CHECK(json.at("status").at("errors").at(0).at("failure") == "memory");
}
