#include "runner/bill/shrunk_task.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("a task is cut until it takes no more than is allowed",
          "[runner][shrunk_task]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  int cut = 0;
  for (const PlannedTask& task : plan.tasks) {
    const double all = std::numeric_limits<double>::infinity();
    CHECK(shrunk(plan, task, all).flops == Approx(task.flops));
    const ShrunkTask half = shrunk(plan, task, task.flops / 2);
    const ShrunkTask least = shrunk(plan, task, 0);
    CHECK(half.task.index() == task.task.index());
    CHECK(least.flops <= half.flops);
    if (half.flops <= task.flops / 2) ++cut;
    if (const auto* one = std::get_if<jobs::EvaluateTask>(&least.task)) {
      CHECK(one->items.size() == 1);
      CHECK(one->variants.size() == 1);
      CHECK(one->multipliers.size() == 1);
    }
    if (const auto* one = std::get_if<jobs::ExtractTask>(&least.task)) {
      CHECK(one->pairs.size() == 1);
    }
  }
  CHECK(cut > 5);
}

TEST_CASE("an evaluation that is cut has an operation a variant",
          "[runner][shrunk_task]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan =
      make_plan(read_sweep(scratch.file("sweep.toml"), "",
                           {{"steer.operations=[\"add\", \"rotate\"]"}, {}}));
  int seen = 0;
  for (const PlannedTask& task : plan.tasks) {
    const ShrunkTask least = shrunk(plan, task, 0);
    if (const auto* one = std::get_if<jobs::EvaluateTask>(&least.task)) {
      CHECK(one->operations ==
            std::vector<jobs::Operation>{jobs::Operation::add});
      ++seen;
    }
  }
  CHECK(seen > 0);
}
