#include "runner/status/progress.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

// Progress on a clock of its own, writing into a string.
struct Shown {
  double now = 1000;
  std::string text;
  std::optional<Progress> progress;

  explicit Shown(ProgressStyle style, std::size_t width = 80) {
    progress.emplace(
        tests::toy_status().stages,
        ProgressSink{[this](const std::string& bytes) { text += bytes; }, style,
                     width, [this] { return now; }});
  }
  // What was written since it was last taken.
  std::string take() { return std::exchange(text, ""); }
  std::size_t lines() const {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
};

LiveStatus with_done(std::size_t done) {
  LiveStatus status = tests::toy_status();
  status.stages[1].done = done;
  status.stages[1].running = 0;
  status.stages[1].waiting = 9 - done;  // one of ten is quarantined
  return status;
}

}  // namespace

TEST_CASE("a log has a line now and then", "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  CHECK_THAT(shown.take(), Contains("evaluate 3/10"));
  for (int i = 0; i < 50; ++i) {
    shown.now += 0.1;
    shown.progress->update(with_done(4));
  }
  CHECK(shown.take().empty());
  shown.now += 6;
  shown.progress->update(with_done(5));
  const std::string line = shown.take();
  CHECK_THAT(line, Contains("evaluate 5/10   44 %   5 GFLOP/s   left 1m00   1 "
                            "worker lost"));
  CHECK_THAT(line, !Contains("extract"));  // ended before
  CHECK_THAT(line, !Contains("\033"));
  CHECK(line.at(2) == ':');
}

TEST_CASE("a log has a line when a stage ends, once", "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  shown.take();
  shown.now += 1;
  shown.progress->update(with_done(9));
  CHECK_THAT(shown.text,
             Contains("evaluate ended: 9 of 10   2 failed   1 given"));
  shown.progress->update(with_done(9));
  shown.now += 20;
  shown.progress->update(with_done(9));
  CHECK(shown.lines() == 1);
}

TEST_CASE("a terminal has a bar a stage, redrawn in place",
          "[runner][progress]") {
  Shown shown(ProgressStyle::bars);
  std::string text = shown.take();
  CHECK_THAT(text, Contains("extract") && Contains("[####################]"));
  CHECK_THAT(text, Contains("3/10 [######..............]"));  // 12 of 40 s
  CHECK_THAT(text, Contains("44 %\n"));  // nothing is known of the pace yet
  CHECK_THAT(text, !Contains("A\r"));
  shown.progress->update(with_done(4));
  CHECK(shown.take().empty());  // too soon
  shown.now += 0.2;
  shown.progress->update(with_done(4));
  CHECK_THAT(shown.text, Contains("\033[3A\r") && Contains("4/10"));
  CHECK(shown.lines() == 3);
}

TEST_CASE("no line of a terminal is longer than it", "[runner][progress]") {
  Shown shown(ProgressStyle::bars, 30);
  std::string text = shown.take();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line = text.substr(0, end);
    CHECK(line.substr(line.rfind('K') + 1).size() < 30);
    text.erase(0, end + 1);
  }
}

TEST_CASE("notes have their time, and stand above the bars",
          "[runner][progress]") {
  Shown log(ProgressStyle::lines);
  log.take();
  log.progress->note("worker 2 lost");
  const std::string line = log.take();
  CHECK(line.size() == 9 + std::string("worker 2 lost\n").size());
  Shown terminal(ProgressStyle::bars);
  terminal.take();
  terminal.progress->note("worker 2 lost");
  CHECK_THAT(terminal.text, Catch::StartsWith("\033[3A\r\033[J"));
  CHECK(terminal.text.find("lost") < terminal.text.find("evaluate"));
}

TEST_CASE("progress says how much of the work is done, not of the tasks",
          "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  // Nine tenths of the tasks, a tenth of the work, at any pace.
  LiveStatus status = with_done(8);
  status.stages[0] = {"extract", 90, 90, 0, 0, 0, 0, 1e9, 1e9, 10, 10};
  status.stages[1] = {"evaluate", 10, 0, 0, 10, 0, 0, 9e9, 0, 90, 0};
  shown.take();
  shown.now += 10;
  shown.progress->update(status);
  CHECK_THAT(shown.take(), Contains("evaluate 0/10   10 %   5 GFLOP/s   left"));
  // Tasks that end every few seconds have no pace that means something; many a
  // second have one.
  status.tasks_per_second = 0.99;
  shown.now += 10;
  shown.progress->update(status);
  CHECK_THAT(shown.take(), !Contains("tasks/s"));
  status.tasks_per_second = 12.34;
  shown.now += 10;
  shown.progress->update(status);
  CHECK_THAT(shown.take(), Contains("10 %   12.3 tasks/s   5 GFLOP/s"));
}

TEST_CASE("what is left of a drain is tasks, not the time of them all",
          "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  shown.take();
  LiveStatus status = tests::toy_status();
  status.phase = RunPhase::draining;
  shown.now += 10;
  shown.progress->update(status);
  CHECK_THAT(shown.take(),
             Contains("draining: 2 tasks under way") && !Contains("left"));
  status.seconds_left.reset();
  status.phase = RunPhase::running;
  shown.now += 10;
  shown.progress->update(status);
  CHECK_THAT(shown.take(), !Contains("left") && !Contains("draining"));
}

TEST_CASE("the last word of an end before the end has its share",
          "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  shown.progress->update(with_done(3));
  shown.take();
  shown.progress.reset();
  CHECK_THAT(shown.text,
             Contains("7 of 14 tasks, 44 % of the work   3 failed"));
}

TEST_CASE("the last word counts it all", "[runner][progress]") {
  Shown shown(ProgressStyle::lines);
  shown.now += 90;
  shown.progress->update(with_done(9));
  shown.take();
  shown.progress.reset();
  CHECK_THAT(shown.text,
             Contains("13 of 14 tasks   3 failed   1 given up, 1m30\n"));
}
