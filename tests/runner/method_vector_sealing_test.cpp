#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "runner/plan/names.hpp"
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

namespace {

// The toy sweep by some methods, computed and sealed.
storage::Results sealed(const tests::Scratch& scratch, const std::string& run,
                        Overrides changes) {
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan =
      make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "", changes));
  const storage::RunDirectory directory(scratch.file(run));
  tests::execute_plan(plan, directory.path());
  return storage::read_results(directory.results());
}

const storage::CellRow& cell(const storage::Results& results,
                             std::int64_t number) {
  return results.cells.at(static_cast<std::size_t>(number));
}

std::string behaviour(const storage::Results& results, std::int32_t row) {
  return results.behaviours.at(static_cast<std::size_t>(row)).name.str();
}

}  // namespace

TEST_CASE("vectors of other methods are sealed beside the mean difference",
          "[runner][method_vector_sealing]") {
  const tests::Scratch scratch;
  const storage::Results results =
      sealed(scratch, "run",
             {{"vector.method=[\"mean-difference\", \"pca\", \"pca-centred\", "
               "\"logistic\", \"positive-mean\"]"},
              {}});
  std::map<std::pair<std::string, int>, double> lengths;
  REQUIRE(results.vectors.size() == 5 * 2 * 2);
  for (const storage::VectorRow& row : results.vectors) {
    const std::string name = behaviour(results, row.behaviour);
    CAPTURE(name, row.layer);
    CHECK(is(cell(results, row.cell).state, CellState::done));
    if (row.method == kMeanDifference) {
      lengths[{name, row.layer}] = row.norm;
      continue;
    }
    const std::string of = name.substr(name.find(" on ") + 4);
    CHECK(row.norm == Approx(lengths.at({of, row.layer})).epsilon(1e-12));
    CHECK(row.n_matching_a == -1);
    CHECK(std::isnan(row.letter_norm));
    CHECK(std::isfinite(row.positive_norm));
  }
  for (const storage::CellRow& one : results.cells) {
    CHECK(is(one.state, CellState::done));
  }
  // However many vectors they make, activations are one SAE's fit once.
  const storage::Results plain = sealed(scratch, "plain", {});
  CHECK(results.saes.at(0).explained_variance ==
        plain.saes.at(0).explained_variance);
}

TEST_CASE("a vector that its method does not make costs its own cells",
          "[runner][method_vector_sealing]") {
  const tests::Scratch scratch;
  // One pair of one behaviour has no principal direction, and steers without an
  // SAE.
  const storage::Results results = sealed(
      scratch, "run",
      {{"vector.method=[\"mean-difference\", \"pca\"]",
        "data.words.train_items=1", "steer.variants=[\"original\", \"random\"]",
        "sae.toy-sae.layer=1", "vector.layers=[1, 2]"},
       {"behaviour=words,pca on words", "layer=2"}});
  std::size_t lost = 0;
  for (const storage::VectorRow& row : results.vectors) {
    const storage::CellRow& one = cell(results, row.cell);
    const bool made = row.method == kMeanDifference;
    CHECK(is(one.state, made ? CellState::done : CellState::quarantined));
    CHECK(is(one.reason, made ? Reason::none : Reason::method_failed));
    CHECK(std::isnan(row.norm) != made);
    CHECK(std::isfinite(row.positive_norm));
    if (!made) ++lost;
  }
  CHECK(lost == 1);
  for (const storage::PropensityRow& row : results.propensity) {
    const auto& variant =
        results.variants.at(static_cast<std::size_t>(row.variant));
    const storage::CellRow& one = cell(results, row.cell);
    const bool made = behaviour(results, variant.behaviour) == "words";
    CHECK(is(one.state, made ? CellState::done : CellState::quarantined));
    CHECK(is(one.reason, made ? Reason::none : Reason::no_vector));
    CHECK(std::isfinite(row.logit_match) == made);
  }
}
