#include "runner/stages/steering_stage.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

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
using Source = jobs::VariantSource;

namespace {

struct Toy {
  Toy() { tests::write_toy_sweep(scratch.file("sweep")); }
  Plan plan(const Overrides& overrides = {}) const {
    return make_plan(
        read_sweep(scratch.file("sweep/sweep.toml"), "", overrides));
  }
  tests::Scratch scratch;
};

const std::vector<std::string> kResampled{
    "vector.resample=3", "steer.resampled_methods=[\"encode\", \"omp:4\"]",
    "steer.norm=[\"equal\", \"as-is\"]"};

std::set<storage::Key> cells_of(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

bool is_rebuilt_resample(const storage::VariantRow& row) {
  return row.resample >= 0 && is(row.source, Source::reconstruction);
}

std::size_t count(const Plan& plan, Source source) {
  return static_cast<std::size_t>(std::ranges::count_if(
      plan.tables.variants,
      [&](const auto& row) { return is(row.source, source); }));
}

std::size_t rebuilt_resamples(const Plan& plan) {
  return static_cast<std::size_t>(
      std::ranges::count_if(plan.tables.variants, is_rebuilt_resample));
}

// Rows of an array of results.h5 as float64.
class Rows {
 public:
  Rows(const storage::Results& results, const char* name)
      : array_(results.arrays.at(name)), values_(storage::floats(array_)) {}

  std::vector<double> at(std::size_t row) const {
    const auto width = static_cast<std::size_t>(array_.shape.at(1));
    const auto first =
        values_.begin() + static_cast<std::ptrdiff_t>(row * width);
    return {first, first + static_cast<std::ptrdiff_t>(width)};
  }

 private:
  const storage::Array& array_;
  std::vector<float> values_;
};

double norm(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("named methods take each resampled vector apart once",
          "[runner][resampled_sealing]") {
  const Toy toy;
  const Plan before = toy.plan();
  const Plan plan = toy.plan({kResampled, {}});
  // Of two behaviours at the SAE's layer, by two methods.
  CHECK(plan.tables.decompositions.size() ==
        before.tables.decompositions.size() + 2 * 3 * 2);
  CHECK(rebuilt_resamples(plan) == 2 * 3 * 2 * 2);     // at two norms
  CHECK(count(plan, Source::resampled) == 2 * 2 * 3);  // at two layers
  CHECK(std::ranges::includes(cells_of(plan), cells_of(before)));
  CHECK(cells_of(plan).size() == static_cast<std::size_t>(plan.cells.count()));
  for (const storage::VariantRow& row : plan.tables.variants) {
    if (is(row.source, Source::resampled)) {
      CHECK(row.resample == row.seed);
    } else if (row.resample >= 0) {
      CHECK(row.seed == -1);
      const auto& from = plan.tables.decompositions.at(
          static_cast<std::size_t>(row.decomposition));
      CHECK(is(from.control, jobs::Control::resampled));
      CHECK(from.resample == row.resample);
      CHECK(from.seed == row.resample);
      CHECK(from.vector == row.vector);
    }
  }
  // The same vectors in both places.
  std::set<storage::Key> steered, decomposed;
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* one = std::get_if<jobs::VariantsTask>(&task.task)) {
      for (const auto& request : one->requests) {
        if (request.source == Source::resampled) {
          steered.insert(request.random_key);
        }
      }
    }
    if (const auto* one = std::get_if<jobs::DecomposeTask>(&task.task)) {
      for (const auto& request : one->vectors) {
        if (request.control == jobs::Control::resampled) {
          decomposed.insert(request.key);
        }
      }
    }
  }
  CHECK(decomposed.size() == 2 * 3);
  CHECK(std::ranges::includes(steered, decomposed));
}

TEST_CASE("resampled vectors are taken apart under the first convention",
          "[runner][resampled_sealing]") {
  const Toy toy;
  Overrides overrides{kResampled, {}};
  overrides.set.emplace_back(
      "sae.toy-sae.b_dec_input=[\"keep\", \"subtract\"]");
  overrides.set.emplace_back("decompose.b_dec_output=[true, false]");
  const Plan plan = toy.plan(overrides);
  std::size_t n = 0;
  for (const storage::DecompositionRow& row : plan.tables.decompositions) {
    if (row.resample < 0) continue;
    ++n;
    CHECK(row.b_dec_output == 0);
    CHECK(row.scale == 1);
    const bool encodes = row.method == method_id("encode");
    if (encodes) CHECK(row.b_dec_input == 0);
  }
  CHECK(n == 2 * 3 * 2);
  // As what they are compared with.
  for (const storage::VariantRow& row : plan.tables.variants) {
    if (!is(row.source, Source::reconstruction)) continue;
    const auto& from = plan.tables.decompositions.at(
        static_cast<std::size_t>(row.decomposition));
    CHECK(from.b_dec_output == 0);
    if (from.method == method_id("encode")) CHECK(from.b_dec_input == 0);
  }
}

TEST_CASE("what is rebuilt of resampled vectors goes by both names",
          "[runner][resampled_sealing]") {
  const Toy toy;
  const auto plan = [&](const std::string& option, const std::string& only) {
    Overrides overrides{kResampled, {}};
    if (!option.empty()) overrides.set.push_back(option);
    if (!only.empty()) overrides.only.push_back(only);
    return toy.plan(overrides);
  };
  const Plan all = plan("", "");
  const Plan none = plan("exclude=[{variant=\"resampled\"}]", "");
  CHECK(count(none, Source::resampled) == 0);
  CHECK(rebuilt_resamples(none) == 0);
  CHECK(count(none, Source::reconstruction) > 0);
  const Plan rest = plan("exclude=[{variant=\"reconstruction\"}]", "");
  CHECK(count(rest, Source::resampled) == count(all, Source::resampled));
  CHECK(rebuilt_resamples(rest) == 0);
  const Plan some =
      plan("exclude=[{variant=\"resampled\",method=\"omp:4\"}]", "");
  CHECK(2 * rebuilt_resamples(some) == rebuilt_resamples(all));
  CHECK(rebuilt_resamples(plan("", "variant=resampled")) ==
        rebuilt_resamples(all));
  CHECK(rebuilt_resamples(plan("", "variant=reconstruction")) ==
        rebuilt_resamples(all));
  CHECK(rebuilt_resamples(plan("", "variant=original")) == 0);
  // Stretched shuffles go by their own name alone.
  const Plan own =
      plan("steer.noise={shuffled-stretched=2}", "variant=shuffled");
  CHECK(count(own, Source::shuffled) == 2 * 2 * 2);
}

TEST_CASE("reconstructions of resampled vectors are what is steered with",
          "[runner][resampled_sealing]") {
  const Toy toy;
  Overrides overrides{kResampled, {}};
  overrides.set.emplace_back("steer.noise={shuffled=3, shuffled-stretched=3}");
  const Plan plan = toy.plan(overrides);
  const storage::RunDirectory run(toy.scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  const Rows vectors(results, "variant_vectors"),
      rebuilt(results, "reconstructions");
  const auto original = [&](const storage::VariantRow& row) {
    return results.vectors.at(static_cast<std::size_t>(row.vector)).norm;
  };
  std::size_t compared = 0, shuffles = 0, shorter = 0;
  for (std::size_t i = 0; i < results.variants.size(); ++i) {
    const storage::VariantRow& row = results.variants[i];
    const bool equal = is(row.norm_rule, jobs::NormRule::equal);
    if (is(row.source, Source::shuffled)) {
      ++shuffles;
      if (equal) CHECK(row.norm == Approx(original(row)));
      if (!equal && row.norm < 0.9 * original(row)) ++shorter;
    }
    if (!is_rebuilt_resample(row)) continue;
    const auto resampled = std::ranges::find_if(
        results.variants, [&](const storage::VariantRow& other) {
          return is(other.source, Source::resampled) &&
                 other.vector == row.vector && other.resample == row.resample;
        });
    REQUIRE(resampled != results.variants.end());
    const std::vector<double> from =
        rebuilt.at(static_cast<std::size_t>(row.decomposition));
    const double length = equal ? resampled->norm : norm(from);
    CHECK(row.norm == Approx(length).epsilon(1e-5));
    // What the SAE made of it was measured against that very vector.
    const auto& measured =
        results.decompositions.at(static_cast<std::size_t>(row.decomposition));
    CHECK(measured.norm / measured.norm_ratio ==
          Approx(resampled->norm).epsilon(1e-5));
    const std::vector<double> added = vectors.at(i);
    for (std::size_t d = 0; d < added.size(); ++d) {
      CHECK(added[d] ==
            Approx(from[d] * length / norm(from)).epsilon(1e-4).margin(1e-5));
    }
    ++compared;
  }
  CHECK(compared == 2 * 3 * 2 * 2);
  CHECK(shuffles == 2 * 2 * (3 + 3));
  // Letters of which half are exchanged; of the words one cluster is whole.
  CHECK(shorter > 0);
  for (const storage::CellRow& cell : results.cells) CHECK(cell.state == 0);
}
