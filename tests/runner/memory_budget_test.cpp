#include "runner/plan/memory_budget.hpp"

#include <catch2/catch.hpp>

#include "runner/bill/bill.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Toy {
  tests::Scratch scratch;
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan(std::int64_t memory_mb) const {
    // So many cells of an item that a task's memory is some megabytes.
    Overrides overrides;
    overrides.set = {"steer.multipliers={from=-1, to=1, step=0.1}"};
    if (memory_mb > 0) {
      overrides.set.push_back("numerics.memory_mb=" +
                              std::to_string(memory_mb));
    }
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", overrides));
  }
};

std::size_t count(const Plan& plan, jobs::TaskKind kind) {
  std::size_t n = 0;
  for (const PlannedTask& task : plan.tasks) {
    if (jobs::kind_of(task.task) == kind) ++n;
  }
  return n;
}

}  // namespace

TEST_CASE("tasks are cut to fit into the memory that a sweep declares",
          "[runner][memory_budget]") {
  const Toy toy;
  const Plan all = toy.plan(0);
  CHECK_FALSE(memory_for_tasks(all));
  const std::int64_t whole = make_bill(all, nullptr).memory.worker;
  const std::int64_t less = whole / 1'000'000 - 3;
  const Plan cut = toy.plan(less);
  CHECK(make_bill(cut, nullptr).memory.worker <= less * 1'000'000);
  CHECK(cut.tasks.size() > all.tasks.size());
  CHECK(count(cut, jobs::kKindOf<jobs::EvaluateTask>) >
        count(all, jobs::kKindOf<jobs::EvaluateTask>));
  CHECK(tests::blank_results(cut).propensity.size() ==
        tests::blank_results(all).propensity.size());

  // Enough is as good as nothing said: the same tasks.
  const Plan ample = toy.plan(whole / 1'000'000 + 1);
  REQUIRE(ample.tasks.size() == all.tasks.size());
  for (std::size_t i = 0; i < all.tasks.size(); ++i) {
    CHECK(ample.tasks[i].key == all.tasks[i].key);
  }
}

TEST_CASE("models and SAEs stay loaded in what memory is left",
          "[runner][memory_budget]") {
  const Toy toy;
  const Plan all = toy.plan(0);
  const MemoryBill bill = make_bill(all, nullptr).memory;
  CHECK(resident_bytes(all) == bill.model + bill.sae);
  const std::int64_t ample = bill.worker / 1'000'000 + 100;
  CHECK(resident_bytes(toy.plan(ample)) ==
        ample * 1'000'000 - bill.process - bill.task);
}

TEST_CASE("a sweep that can't fit is refused with what it needs",
          "[runner][memory_budget]") {
  const Toy toy;
  const std::string refusal = tests::error_of([&] { toy.plan(150); });
  CHECK_THAT(refusal, Catch::Contains("numerics.memory_mb: 150") &&
                          Catch::Contains("expected at least ") &&
                          Catch::Contains("a task of kind "));
}
