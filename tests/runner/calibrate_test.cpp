#include "runner/bill/calibrate.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// Computes, and counts what it was asked to.
class Counting : public jobs::Executor {
 public:
  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override {
    ++counts[jobs::kind_of(task)];
    if (jobs::kind_of(task) == failing) return {false, {}, "no such luck"};
    return real_->execute(task, inputs);
  }
  std::string numerics() const override { return real_->numerics(); }

  std::map<jobs::TaskKind, int> counts;
  std::optional<jobs::TaskKind> failing;

 private:
  std::unique_ptr<jobs::Executor> real_ = jobs::make_executor(1);
};

struct Toy {
  Toy() {
    tests::write_toy_sweep(scratch.path());
    plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  }
  tests::Scratch scratch;
  Plan plan;
  Counting executor;
};

}  // namespace

TEST_CASE("every kind of task is timed, few of each", "[runner][calibrate]") {
  Toy toy;
  const Calibration made =
      calibrate(toy.plan, toy.executor, toy.scratch.file("scratch"));
  for (const PlannedTask& task : toy.plan.tasks) {
    const auto kind = jobs::kind_of(task.task);
    const auto seconds = made.seconds(kind, task.flops);
    REQUIRE(seconds);
    CHECK(*seconds > 0);
    CHECK(*seconds < 10);
    CHECK(toy.executor.counts[kind] <= 7);
  }
  CHECK(made.commit_seconds > 0);
  CHECK(made.shard_rate > 0);
  CHECK(made.seal_rate > 0);
  const CalibrationKey key = calibration_key(toy.plan);
  CHECK(find_calibration({made}, key) != nullptr);
  CHECK(made.numerics == key.numerics);
}

TEST_CASE("a task that fails while it is timed is named",
          "[runner][calibrate]") {
  Toy toy;
  toy.executor.failing = jobs::kKindOf<jobs::EvaluateTask>;
  CHECK_THROWS_WITH(
      calibrate(toy.plan, toy.executor, toy.scratch.file("scratch")),
      Catch::Contains("evaluate") && Catch::Contains("no such luck"));
}

TEST_CASE("two sizes give what a task takes by itself", "[runner][calibrate]") {
  const KindPace line = pace_of({{100, 3}, {50, 2}});
  CHECK(line.per_flop == Approx(0.02));
  CHECK(line.each == Approx(1));
  // No line, no negative time: their average.
  for (const auto& samples : {std::vector<TimedSample>{{100, 2}, {50, 3}},
                              std::vector<TimedSample>{{100, 4}, {50, 1}},
                              std::vector<TimedSample>{{100, 3}, {99, 2}}}) {
    const KindPace pace = pace_of(samples);
    CHECK(pace.each == 0);
    CHECK(pace.per_flop * (samples[0].flops + samples[1].flops) ==
          Approx(samples[0].seconds + samples[1].seconds));
  }
  CHECK(pace_of({{0, 0.5}}).each == 0.5);
}
