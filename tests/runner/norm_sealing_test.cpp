#include "runner/stages/norms_stage.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "runner/base/exit_code.hpp"
#include "runner/plan/names.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/run/journal.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep's results, all of them there.
struct Toy {
  tests::Scratch scratch;
  Plan plan;
  storage::Results results;

  explicit Toy(const Overrides& overrides = {}) {
    tests::write_toy_sweep(scratch.file("sweep"));
    plan =
        make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "", overrides));
    const storage::RunDirectory run(scratch.file("run"));
    tests::execute_plan(plan, run.path());
    results = storage::read_results(run.results());
  }

  std::vector<std::size_t> rows(NormSource source,
                                NormExclusion excluded) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < results.norms.size(); ++i) {
      if (results.norms[i].source == static_cast<int>(source) &&
          results.norms[i].excluded == static_cast<int>(excluded)) {
        found.push_back(i);
      }
    }
    return found;
  }
};

}  // namespace

TEST_CASE("norms of reference text and of pairs are sealed",
          "[runner][norm_sealing]") {
  const Toy toy;
  const auto& norms = toy.results.norms;
  const auto all = toy.rows(NormSource::reference, NormExclusion::none);
  const auto others = toy.rows(NormSource::reference, NormExclusion::first);
  REQUIRE(all.size() == 2);  // layers 1 and 2
  REQUIRE(others.size() == 2);
  std::int64_t tokens = 0, texts = 0;
  for (const PlannedTask& task : toy.plan.tasks) {
    const auto* one = std::get_if<jobs::ObserveTask>(&task.task);
    if (one == nullptr) continue;
    texts += std::ssize(one->texts);
    for (const auto& text : one->texts) tokens += std::ssize(text);
  }
  CHECK(norms[all[0]].count == tokens);
  CHECK(norms[others[0]].count == tokens - texts);
  CHECK(norms[all[0]].min <= norms[all[0]].mean);
  CHECK(norms[all[0]].cell != norms[all[1]].cell);

  const auto positive = toy.rows(NormSource::positive, NormExclusion::none);
  REQUIRE(positive.size() == toy.results.vectors.size());
  for (const std::size_t i : positive) {
    const auto& vector = *std::ranges::find(toy.results.vectors, norms[i].cell,
                                            &storage::VectorRow::cell);
    CHECK(norms[i].count == vector.n_pairs);
    CHECK(norms[i].layer == vector.layer);
    CHECK(norms[i].behaviour == vector.behaviour);
    // A mean is no longer than what it is a mean of.
    CHECK(norms[i].mean >= vector.positive_norm);
  }
}

TEST_CASE("histograms have what the table counts", "[runner][norm_sealing]") {
  const Toy toy;
  const auto integers = [&](const char* name) {
    return storage::integers(toy.results.arrays.at(name));
  };
  const auto offsets = integers("norm_histograms/offsets");
  const auto counts = integers("norm_histograms/counts");
  const auto lower =
      storage::doubles(toy.results.arrays.at("norm_histograms/lower"));
  const auto quantiles =
      storage::doubles(toy.results.arrays.at("norm_quantiles"));
  REQUIRE(offsets.size() == toy.results.norms.size() + 1);
  for (std::size_t i = 0; i < toy.results.norms.size(); ++i) {
    const storage::NormRow& row = toy.results.norms[i];
    std::int64_t n = 0;
    for (auto bin = offsets[i]; bin < offsets[i + 1]; ++bin) {
      n += counts[static_cast<std::size_t>(bin)];
    }
    CHECK(n == row.count);
    CHECK(lower[static_cast<std::size_t>(offsets[i])] <= row.min);
    const double median = quantiles[9 * i + 4];
    CHECK(median >= row.min);
    CHECK(median <= row.max);
  }
}

TEST_CASE("without their tasks, norms are missing", "[runner][norm_sealing]") {
  tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), ""));
  const storage::RunDirectory run(scratch.file("run"));
  const storage::Results results =
      fill_results(plan, storage::JournalState{}, run);
  REQUIRE_FALSE(results.norms.empty());
  for (const storage::NormRow& row : results.norms) {
    CHECK(row.count == -1);
    CHECK(std::isnan(row.mean));
    CHECK(results.cells[static_cast<std::size_t>(row.cell)].state ==
          static_cast<std::uint8_t>(CellState::missing));
  }
}

TEST_CASE("--only chooses layers of the text, too", "[runner][norm_sealing]") {
  Overrides overrides;
  overrides.only = {"layer=2"};
  const Toy toy(overrides);
  CHECK(toy.rows(NormSource::reference, NormExclusion::none).size() == 1);
  for (const storage::NormRow& row : toy.results.norms) CHECK(row.layer == 2);
}

TEST_CASE("[observe] is read strictly", "[runner][norm_sealing]") {
  const auto with = [](const std::string& observe) {
    return std::string(tests::kMinimalSweep) + "[observe]\n" + observe;
  };
  const Sweep sweep = tests::parse(with("text = \"t.jsonl\"\n"));
  CHECK(sweep.observe.rules.tokens == 200'000);
  CHECK(sweep.observe.rules.context == 256);
  CHECK(sweep.observe.layers == std::vector<int>{1, 2});
  CHECK(tests::parse(sweep.effective).effective == sweep.effective);
  CHECK(tests::refusal(with("tokens = 5\n")).find("text") != std::string::npos);
  CHECK(tests::refusal(with("text = \"t\"\ncontext = 1\n")).find("context") !=
        std::string::npos);
  CHECK(tests::refusal(with("text = \"t\"\ntoken = 5\n")).find("tokens") !=
        std::string::npos);
  CHECK(tests::refusal(with("text = \"t\"\nlong_texts = \"all\"\n"))
            .find("chunked") != std::string::npos);
}
