#include <catch2/catch.hpp>
#include <cmath>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/results/results_file.hpp"
#include "storage/run/run_directory.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using storage::is;

TEST_CASE("a decomposition whose method failed is a cell that was given up",
          "[runner][failed_method_sealing]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  // So long that products with the vector are infinite.
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "",
                                         {{"decompose.scales=[1, 1e39]"}, {}}));
  const storage::RunDirectory run(scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  std::size_t failed = 0;
  std::vector<std::int64_t> given_up;
  for (const storage::DecompositionRow& row : results.decompositions) {
    const storage::CellRow& cell =
        results.cells.at(static_cast<std::size_t>(row.cell));
    if (row.scale == 1) {
      CHECK(is(cell.state, CellState::done));
      CHECK(row.n_atoms >= 0);
      continue;
    }
    ++failed;
    given_up.push_back(row.cell);
    CHECK(is(cell.state, CellState::quarantined));
    CHECK(is(cell.reason, Reason::method_failed));
    CHECK(std::isnan(row.cosine));
    CHECK(row.n_atoms == -1);
  }
  CHECK(failed == 2 * 2);  // encode and anchored, of two behaviours
  for (const storage::FeatureRow& row : results.features) {
    CHECK(std::ranges::count(given_up, row.cell) == 0);
  }
  // All else is there.
  std::size_t not_done = 0;
  for (const storage::CellRow& cell : results.cells) {
    if (!is(cell.state, CellState::done)) ++not_done;
  }
  CHECK(not_done == failed);
}
