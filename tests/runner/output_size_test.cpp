#include "runner/bill/output_size.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

double bytes_in(const std::string& folder) {
  double bytes = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      bytes += static_cast<double>(entry.file_size());
    }
  }
  return bytes;
}

Plan plan_of(const tests::Scratch& scratch) {
  return make_plan(read_sweep(scratch.file("sweep.toml"), ""));
}

}  // namespace

TEST_CASE("a run writes what was estimated, within a fifth",
          "[runner][output_size]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan = plan_of(scratch);
  const OutputSize size = output_size(plan);
  const std::string run = scratch.file("run");
  tests::execute_plan(plan, run);
  const auto within = [](std::int64_t estimate, double found) {
    INFO(estimate << " estimated, " << found << " found");
    CHECK(static_cast<double>(estimate) == Approx(found).epsilon(0.2));
  };
  within(size.journal, bytes_in(run + "/journal"));
  within(size.shards, bytes_in(run + "/shards"));
  within(size.results,
         static_cast<double>(std::filesystem::file_size(run + "/results.h5")));
  CHECK(size.any_shards);
}

TEST_CASE("without an SAE or stored activations there are no shards",
          "[runner][output_size]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  tests::write_file(scratch.file("sweep.toml"), R"(name = "small"
[[model]]
id = "toy"
source = "model.gguf"
[[data]]
behaviour = "words"
source = "words.jsonl"
split = "line"
test_items = 10
[vector]
layers = [1]
[steer]
layers = [1]
multipliers = [-1, 1]
)");
  const OutputSize size = output_size(plan_of(scratch));
  CHECK(size.shards == 0);
  CHECK_FALSE(size.any_shards);
  CHECK(size.journal > 0);
}

TEST_CASE("a result too large for a message lies in the shard",
          "[runner][output_size]") {
  PlannedTask task;
  task.size.result_bytes = 4 << 20;
  CHECK(shard_bytes(task) == 0);
  ++task.size.result_bytes;
  CHECK(shard_bytes(task) > 4 << 20);
}
