#include "runner/stages/seal.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/results/results_file.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("features of differences and of vectors' codes are sealed",
          "[runner][sealing]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), ""));
  const storage::RunDirectory run(scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  const auto cosines =
      storage::floats(results.arrays.at("active_feature_cosines"));
  REQUIRE_FALSE(results.active_features.empty());
  REQUIRE(cosines.size() == 20 * results.active_features.size());
  const auto features = storage::integers(results.arrays.at("codes/features"));
  const auto offsets = storage::integers(results.arrays.at("codes/offsets"));
  const auto values = storage::floats(results.arrays.at("codes/values"));
  for (std::size_t i = 0; i < results.active_features.size(); ++i) {
    const storage::ActiveFeatureRow& row = results.active_features[i];
    CHECK(row.code > 0);
    CHECK((row.rate_positive >= 0 && row.rate_positive <= 1));
    CHECK((row.mean_code_positive > 0) == (row.rate_positive > 0));
    CHECK((row.mean_code_negative > 0) == (row.rate_negative > 0));
    // The same number as the whole code has; a cosine of 1 to itself.
    for (std::size_t d = 0; d < results.decompositions.size(); ++d) {
      const storage::DecompositionRow& whole = results.decompositions[d];
      if (whole.vector != row.vector || whole.sae != row.sae ||
          whole.method != 1 || whole.control != 0 || whole.scale != 1) {
        continue;
      }
      for (auto at = static_cast<std::size_t>(offsets[d]);
           at < static_cast<std::size_t>(offsets[d + 1]); ++at) {
        if (features[at] == row.feature) CHECK(values[at] == Approx(row.code));
      }
    }
    for (const storage::CodeDifferenceRow& other : results.code_differences) {
      if (other.vector != row.vector || other.sae != row.sae) continue;
      const float cosine =
          cosines[20 * i + static_cast<std::size_t>(other.rank)];
      CHECK(std::abs(cosine) < 1.0001F);
      if (other.feature != row.feature) continue;
      CHECK(cosine == Approx(1));
      CHECK(other.mean_code_positive == row.mean_code_positive);
      CHECK(other.encoder_projection == row.encoder_projection);
      CHECK(other.decoder_projection == row.decoder_projection);
      CHECK(other.code == row.code);
    }
  }
}

TEST_CASE("counts of exchanged signs are sealed", "[runner][sealing]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), ""));
  const storage::RunDirectory run(scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  REQUIRE(results.sign_nulls.size() == 1);
  const storage::SignNullRow& row = results.sign_nulls[0];
  const auto& vector = results.vectors.at(static_cast<std::size_t>(row.vector));
  CHECK(vector.behaviour == 1);
  CHECK(vector.layer == 2);
  CHECK(row.clusters == 20);
  CHECK(row.shuffles == 1000);
  CHECK(is(results.cells.at(static_cast<std::size_t>(row.cell)).kind,
           storage::CellKind::sign_nulls));
  const storage::Array& array = results.arrays.at("sign_null_counts");
  CHECK(array.shape == std::vector<std::int64_t>{1, 4, 21});
  const auto counts = storage::integers(array);
  std::int64_t features = 0;
  for (std::size_t signs = 0; signs < 4; ++signs) {
    std::int64_t exchanges = 0;
    for (std::size_t n = 0; n <= 20; ++n) {
      exchanges += counts[signs * 21 + n];
      features += static_cast<std::int64_t>(n) * counts[signs * 21 + n];
    }
    CHECK(exchanges == 1000);
  }
  CHECK(features > 0);
  CHECK(features <= 20 * 1000);
}

TEST_CASE("what sealing decides is part of contents", "[runner][sealing]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), ""));
  const std::string now = contents_of(plan, {});
  CHECK(contents_of(plan, {}, SealingRules{}) == now);
  SealingRules version, ranks, rare, before, after;
  version.version += 1;
  ranks.named_ranks += 1;
  rare.rare_rate /= 2;
  before.tokens_before += 1;
  after.tokens_after += 1;
  for (const SealingRules& other : {version, ranks, rare, before, after}) {
    CHECK(contents_of(plan, {}, other) != now);
  }
}
