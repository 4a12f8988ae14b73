#include "runner/commands/partial_results.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "jobs/executor/executor.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/coordinator.hpp"
#include "runner/work/provenance.hpp"
#include "runner/work/worker.hpp"
#include "tests/support/in_process.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// A run of the toy sweep, drained after a few tasks.
struct Drained {
  tests::Scratch scratch;
  Plan plan;
  storage::RunDirectory run{scratch.file("run")};

  explicit Drained(std::size_t tasks) {
    tests::write_toy_sweep(scratch.file("sweep"));
    plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "hub"));
    tests::start_in_process(plan, run, jobs::make_executor, tasks);
    record_plan(run, plan);
  }

  storage::JournalState state() const {
    return storage::replay_journal(run.journal_folder());
  }
};

}  // namespace

TEST_CASE("the plan of a run is made again from its directory",
          "[runner][partial_results]") {
  const Drained drained(6);
  const Plan plan =
      plan_of_run(drained.run, drained.state(), "", "", *whole_file_digests());
  REQUIRE(plan.tasks.size() == drained.plan.tasks.size());
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    CHECK(plan.tasks[i].key == drained.plan.tasks[i].key);
  }
  CHECK(plan.sweep.effective == drained.plan.sweep.effective);
  const auto place = sweep_place(drained.run);
  REQUIRE(place);
  CHECK(std::filesystem::path(place->folder).is_absolute());
  CHECK(std::filesystem::path(place->hub).is_absolute());
}

TEST_CASE("what is there is filled in, the rest is marked missing",
          "[runner][partial_results]") {
  const Drained drained(6);
  const storage::JournalState state = drained.state();
  REQUIRE_FALSE(state.commits.empty());
  REQUIRE_FALSE(is_complete(drained.plan, state));
  write_partial(drained.run, partial_results(drained.plan, state, drained.run));
  const storage::Results results = storage::read_results(drained.run.partial());
  REQUIRE(results.propensity.size() ==
          tests::blank_results(drained.plan).propensity.size());
  const auto& last = results.propensity.back();
  CHECK(std::isnan(last.logit_match));
  CHECK(results.cells.at(static_cast<std::size_t>(last.cell)).state == 2);
  CHECK_FALSE(std::filesystem::exists(drained.run.results()));
  CHECK(partial_is_current(drained.run));
}

TEST_CASE("a result whose shard is gone counts as missing",
          "[runner][partial_results]") {
  const Drained drained(SIZE_MAX);
  storage::JournalState state = drained.state();
  REQUIRE(is_complete(drained.plan, state));
  // As if the vectors had been too large for the journal.
  const TaskIndex task = tests::stage_of<ExtractionStage>(drained.plan)
                             .task_of(RowOf<storage::VectorRow>(0));
  storage::Commit& commit = state.commits.at(at(drained.plan.tasks, task).key);
  commit.result.clear();
  commit.bulk = {"shards/gone", {32, 7, 99}};
  const storage::Results results =
      partial_results(drained.plan, state, drained.run);
  CHECK(std::isnan(results.vectors.at(0).norm));
  CHECK(results.cells.at(static_cast<std::size_t>(results.vectors[0].cell))
            .state == 2);
}

TEST_CASE("a sweep whose data changed is not sealed with old results",
          "[runner][partial_results]") {
  const Drained drained(6);
  storage::JournalState state = drained.state();
  const auto commits = state.commits;
  state.commits.clear();
  for (const auto& [key, commit] : commits) {
    state.commits[storage::key_of(hex(key))] = commit;
  }
  CHECK_THROWS_WITH(
      plan_of_run(drained.run, state, "", "", *whole_file_digests()),
      Catch::Contains("none of"));
}

TEST_CASE("what was not to be measured is NaN beside what was",
          "[runner][partial_results]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  Overrides letters;
  letters.set = {"steer.measures=[\"letters\"]"};
  const Plan plan =
      make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "hub", letters));
  const storage::RunDirectory run(scratch.file("run"));
  tests::start_in_process(plan, run, jobs::make_executor);
  const storage::Results results =
      fill_results(plan, storage::replay_journal(run.journal_folder()), run);
  REQUIRE_FALSE(results.propensity.empty());
  for (const storage::PropensityRow& row : results.propensity) {
    if (std::isnan(row.logit_match) || !std::isnan(row.log_sum_exp)) {
      FAIL("row of variant " << row.variant);
    }
  }
}
