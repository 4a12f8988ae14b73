#include "runner/stages/activations_stage.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <set>

#include "jobs/executor/executor.hpp"
#include "runner/bill/output_size.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/results/activation_reader.hpp"
#include "storage/results/stored_activations.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/convert.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using storage::ActivationReader;
using storage::Side;

namespace {

const storage::ActivationLimits kSmallFiles{0, 40000};

// The toy sweep with other words in [store], its activations computed, the rest
// of it not.
struct Run {
  explicit Run(const std::string& store,
               const storage::ActivationLimits& limits = {},
               const Overrides& overrides = {})
      : directory(scratch.file("run")) {
    tests::write_toy_sweep(scratch.path());
    std::string text = tests::read_file(scratch.file("sweep.toml"));
    const std::string before = "activations = \"letter\"\n";
    text.replace(text.find(before), before.size(), store);
    // Not looked at here, and the size of results.h5 is.
    const std::size_t observe = text.find("[observe]");
    text.erase(observe, text.find("[store]") - observe);
    tests::write_file(scratch.file("sweep.toml"), text);
    plan = make_plan(read_sweep(scratch.file("sweep.toml"), "", overrides));
    directory.create();
    compute();
    seal(plan, state, directory, limits);
  }

  void compute() {
    const auto executor = jobs::make_executor(1);
    storage::ShardWriter shard(directory.path(),
                               storage::RunDirectory::shard_name(1, 1), 1);
    for (const PlannedTask& task : plan.tasks) {
      const jobs::TaskKind kind = jobs::kind_of(task.task);
      if (kind != jobs::kKindOf<jobs::ExtractTask> &&
          kind != jobs::kKindOf<jobs::StoreTask>) {
        continue;
      }
      jobs::TaskResult result = executor->execute(task.task, {});
      REQUIRE(result.ok);
      storage::Commit commit;
      commit.task = task.key;
      commit.result = storage::to_safetensors(result.output.result);
      if (!result.output.bulk.empty()) {
        commit.bulk = shard.append(result.output.bulk);
      }
      state.commits[task.key] = commit;
    }
  }

  std::uint64_t shard_bytes() const {
    return std::filesystem::file_size(directory.path() + "/" +
                                      storage::RunDirectory::shard_name(1, 1));
  }
  ActivationReader reader() const { return ActivationReader(directory.path()); }
  storage::ItemRow item(std::int32_t row) const {
    return plan.tables.items.at(static_cast<std::size_t>(row));
  }

  tests::Scratch scratch;
  Plan plan;
  storage::RunDirectory directory;
  storage::JournalState state;
};

// The largest difference, as a share of the largest value.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference =
        std::max(difference, std::abs(static_cast<double>(a[i] - b[i])));
    largest = std::max(largest, std::abs(static_cast<double>(a[i])));
  }
  return difference / largest;
}

std::vector<float> rounded(std::vector<float> values) {
  for (float& value : values) {
    value = storage::widen_bf16(storage::narrow_bf16(value));
  }
  return values;
}

}  // namespace

TEST_CASE("whatever is stored, the letters are those that vectors are made of",
          "[runner][activation_sealing]") {
  const Run letter("activations = \"letter\"\n");
  const Run all("activations = \"all\"\nlayers = [1, 2, 3]\n", kSmallFiles);
  const Run answer("activations = \"answer\"\n");
  const Run narrow("activations = \"all\"\ndtype = \"bfloat16\"\n",
                   kSmallFiles);
  const Run narrow_letter("activations = \"letter\"\ndtype = \"bfloat16\"\n");
  const auto reader = letter.reader();
  for (const auto& behaviour : reader.behaviours()) {
    CHECK(all.reader().behaviour(behaviour.name).rows.size() >
          answer.reader().behaviour(behaviour.name).rows.size());
    for (std::size_t i = 0; i < behaviour.rows.size(); i += 7) {
      const storage::ActivationRow& row = behaviour.rows[i];
      const storage::ActivationPoint point{behaviour.name, row.item,
                                           static_cast<Side>(row.side), 2,
                                           row.position};
      const std::vector<float> value = reader.read(point);
      CHECK(distance(all.reader().read(point), value) < 1e-5);
      CHECK(distance(answer.reader().read(point), value) < 1e-5);
      CHECK(rounded(all.reader().read(point)) == narrow.reader().read(point));
      CHECK(rounded(value) == narrow_letter.reader().read(point));
    }
    // And so are those that another sweep starts from.
    const auto from = [&](const Run& run) {
      return floats(storage::read_stored_activations(
          storage::open_stored_activations(run.directory.path()),
          behaviour.name, 1));
    };
    CHECK(distance(from(all), from(letter)) < 1e-5);
    CHECK(rounded(from(letter)) == from(narrow_letter));
  }
}

TEST_CASE("of some layers the same is sealed as of all",
          "[runner][activation_sealing]") {
  for (const char* store : {"activations = \"letter\"\n",
                            "activations = \"all\"\nlayers = [2, 0]\n"}) {
    const Run whole(store);
    for (const auto& limits : {storage::ActivationLimits{}, kSmallFiles}) {
      const Run part(store, limits, {{}, {"layer=2"}});
      const auto reader = part.reader();
      REQUIRE(reader.behaviours().size() == 2);
      for (const auto& behaviour : reader.behaviours()) {
        CHECK(behaviour.layers == std::vector<std::int32_t>{2});
        const auto n = std::ssize(behaviour.rows);
        CHECK(reader.read_rows(behaviour.name, 2, 0, n).bytes ==
              whole.reader().read_rows(behaviour.name, 2, 0, n).bytes);
      }
    }
  }
}

TEST_CASE("each model's activations lie under its name, as if it were alone",
          "[runner][activation_sealing]") {
  const std::string store = "activations = \"all\"\ndtype = \"bfloat16\"\n";
  const std::string second =
      "[[model]]\nid = \"b\"\nsource = \"model.gguf\"\n"
      "template = \"chatml\"\nsystem = \"Be kind.\"\n";
  const Run both(store + second);
  const Run beside(store + second, kSmallFiles);
  const Run alone(store + second, {}, {{}, {"model=b"}});
  const Run first(store);
  const auto values = [](const std::string& file, const std::string& path) {
    return storage::H5File::open(file).read_array(path).bytes;
  };
  const std::string file = both.directory.results();
  for (const std::string behaviour : {"/words/layer_2", "/letters/layer_1"}) {
    CHECK(values(file, "activations/b" + behaviour) ==
          values(alone.directory.results(), "activations/b" + behaviour));
    CHECK(values(file, "activations/toy" + behaviour) ==
          values(first.directory.results(), "activations/toy" + behaviour));
  }
  const auto results = storage::read_results(beside.directory.results());
  std::set<std::int32_t> behaviours;
  for (const auto& part : results.activation_parts) {
    behaviours.insert(part.behaviour);
  }
  CHECK(behaviours == std::set<std::int32_t>{0, 1, 2, 3});
}

TEST_CASE("a task keeps its key, whatever is stored",
          "[runner][activation_sealing]") {
  const Run letter("activations = \"letter\"\n");
  const Run all("activations = \"all\"\n");
  std::set<storage::Key> keys;
  for (const PlannedTask& task : all.plan.tasks) keys.insert(task.key);
  for (const PlannedTask& task : letter.plan.tasks) {
    CHECK(keys.count(task.key) == 1);
  }
}

TEST_CASE("sealed again, large activations are the same bytes",
          "[runner][activation_sealing]") {
  const Run run("activations = \"all\"\n", kSmallFiles);
  const auto results = storage::read_results(run.directory.results());
  REQUIRE(results.activation_files.size() > 2);
  const auto bytes = [&] {
    std::string all = tests::read_file(run.directory.results());
    for (const auto& file : results.activation_files) {
      CHECK(file.bytes < 40000 + 16384);
      all += tests::read_file(run.directory.path() + "/" + file.file.str());
    }
    return all;
  };
  const std::string before = bytes();
  seal(run.plan, run.state, run.directory, kSmallFiles);
  CHECK(bytes() == before);
}

TEST_CASE("activations without a result are NaN, the others are there",
          "[runner][activation_sealing]") {
  Run run("activations = \"answer\"\n");
  const auto& pieces =
      tests::stage_of<ActivationsStage>(run.plan).places().at(0).pieces;
  REQUIRE(pieces.size() > 1);
  run.state.commits.erase(at(run.plan.tasks, pieces[0].task).key);
  for (const auto& limits : {storage::ActivationLimits{}, kSmallFiles}) {
    seal(run.plan, run.state, run.directory, limits);
    const auto reader = run.reader();
    const std::string& name = reader.behaviours().at(0).name;
    CHECK(std::isnan(floats(reader.read_rows(name, 1, 0, 1))[0]));
    CHECK_FALSE(std::isnan(
        floats(reader.read_rows(name, 1, pieces[1].first_row, 1))[0]));
  }
}

TEST_CASE("a plan knows what activations take",
          "[runner][activation_sealing]") {
  for (const char* store :
       {"activations = \"letter\"\n",
        "activations = \"all\"\nlayers = [0, 3]\ndtype = \"bfloat16\"\n"}) {
    const Run run(store);
    const OutputSize size = output_size(run.plan);
    const auto shards = static_cast<double>(run.shard_bytes());
    CHECK(static_cast<double>(size.shards) == Approx(shards).epsilon(0.1));
    const auto results = static_cast<double>(
        std::filesystem::file_size(run.directory.results()));
    CHECK(static_cast<double>(size.results) == Approx(results).epsilon(0.2));
  }
}
