#include "runner/stages/activity_stage.hpp"

#include <catch2/catch.hpp>

#include "runner/plan/names.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/run/journal.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

Plan toy_plan(const tests::Scratch& scratch, const Overrides& overrides = {}) {
  tests::write_toy_sweep(scratch.file("sweep"));
  return make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "", overrides));
}

}  // namespace

TEST_CASE("what features do is sealed", "[runner][activity_sealing]") {
  const tests::Scratch scratch;
  const Plan plan = toy_plan(scratch);
  const storage::RunDirectory run(scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  // The text whole and without first tokens; x+ and x- of both behaviours.
  REQUIRE(results.activity.size() == 6);
  const auto array = [&](const char* name) -> const storage::Array& {
    return results.arrays.at(std::string("feature_activity/") + name);
  };
  const auto offsets = storage::integers(array("offsets"));
  const auto rate = storage::floats(array("rate"));
  const auto mean = storage::floats(array("mean"));
  const auto most = storage::floats(array("max"));
  REQUIRE(offsets.size() == 7);
  CHECK(offsets.back() == 6 * 64);
  CHECK(rate.size() == 6 * 64);
  bool any = false;
  for (std::size_t i = 0; i < rate.size(); ++i) {
    CHECK((rate[i] >= 0 && rate[i] <= 1));
    CHECK(mean[i] <= most[i] * rate[i] * 1.0001F + 1e-6F);
    any = any || rate[i] > 0;
  }
  CHECK(any);
  CHECK(results.activity[0].tokens > results.activity[1].tokens);
  for (std::size_t i = 2; i < 6; ++i) {
    CHECK(results.activity[i].tokens == 20);
    CHECK(results.activity[i].behaviour == static_cast<int>(i / 2) - 1);
  }
  for (const storage::ActivityRow& row : results.activity) {
    CHECK(results.cells[static_cast<std::size_t>(row.cell)].state == 0);
  }
}

TEST_CASE("without their tasks, features' activity is missing",
          "[runner][activity_sealing]") {
  const tests::Scratch scratch;
  const Plan plan = toy_plan(scratch);
  const storage::RunDirectory run(scratch.file("run"));
  const storage::Results results =
      fill_results(plan, storage::JournalState{}, run);
  REQUIRE(results.activity.size() == 6);
  for (const storage::ActivityRow& row : results.activity) {
    CHECK(row.tokens == -1);
    CHECK(results.cells[static_cast<std::size_t>(row.cell)].state ==
          static_cast<std::uint8_t>(CellState::missing));
  }
}

TEST_CASE("features of what is not wanted are not looked at",
          "[runner][activity_sealing]") {
  const tests::Scratch scratch;
  Overrides overrides;
  overrides.only = {"layer=1"};  // the SAE is at layer 2
  CHECK(toy_plan(scratch, overrides).tables.activity.empty());
  overrides.only = {"behaviour=words"};
  const Plan words = toy_plan(scratch, overrides);
  CHECK(words.tables.activity.size() == 4);
}
