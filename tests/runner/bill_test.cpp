#include "runner/bill/bill.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "runner/bill/bill_text.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

Plan toy_plan() {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  return make_plan(read_sweep(scratch.file("sweep.toml"), ""));
}

// The toy model, and one of more blocks beside it.
Plan plan_of_two_models() {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  tests::ToySizes deeper;
  deeper.n_layers = 7;
  tests::write_file(scratch.file("deep.gguf"),
                    tests::toy_llama(2, deeper).bytes());
  const std::string text = tests::read_file(scratch.file("sweep.toml")) +
                           "[[model]]\nid = \"deep\"\nsource = "
                           "\"deep.gguf\"\n";
  return make_plan(parse_sweep(text, "s.toml", scratch.path(), ""));
}

// A second for every task, and for every load of the model.
Calibration slow(const Plan& plan) {
  Calibration one;
  one.numerics = "cpu";
  one.host = "here";
  one.measured = "2026-11-20T08:00:00Z";
  for (const auto kind :
       {jobs::kKindOf<jobs::ExtractTask>, jobs::kKindOf<jobs::VectorTask>,
        jobs::kKindOf<jobs::DecomposeTask>, jobs::kKindOf<jobs::VariantsTask>,
        jobs::kKindOf<jobs::EvaluateTask>, jobs::kKindOf<jobs::SignNullTask>}) {
    one.paces[kind] = {1, 0};
  }
  for (const auto& [path, source] : plan.sources) {
    if (path.ends_with(".gguf")) {
      one.model_load_rate = static_cast<double>(source.file_bytes);
    }
  }
  return one;
}

}  // namespace

TEST_CASE("a bill counts what the plan has", "[runner][bill]") {
  const Plan plan = toy_plan();
  const Bill bill = make_bill(plan, nullptr);
  CHECK(bill.models == 1);
  CHECK(bill.behaviours == 2);
  CHECK(bill.saes == 1);
  CHECK(bill.cells == plan.cells.count());
  std::int64_t tasks = 0;
  for (const StageBill& stage : bill.stages) {
    CHECK(stage.flops > 0);
    CHECK_FALSE(stage.seconds);
    tasks += stage.tasks;
  }
  CHECK(bill.stages.size() == 8);
  CHECK(tasks == bill.tasks);
  CHECK(bill.crews.at(0).model_loads == 1);
  CHECK(bill.crews.at(0).sae_loads == 1);
  std::int64_t bytes = 0;
  for (const auto& [path, source] : plan.sources) bytes += source.file_bytes;
  CHECK(bill.crews.at(0).read_bytes == bytes);
}

TEST_CASE("without a calibration no time is told", "[runner][bill]") {
  const Bill bill = make_bill(toy_plan(), nullptr);
  for (const CrewBill& crew : bill.crews) CHECK_FALSE(crew.seconds);
  CHECK_FALSE(bill.chain_seconds);
  CHECK(to_json(bill)["workers"][0]["seconds"].is_null());
  CHECK(text_of(bill).find("calibrated") == std::string::npos);
}

TEST_CASE("with one, times follow from tasks and loads", "[runner][bill]") {
  const Plan plan = toy_plan();
  Calibration calibration = slow(plan);
  const Bill bill = make_bill(plan, &calibration, 4);
  // extract, vector, decompose, variants, evaluate.
  CHECK(bill.chain_seconds == Approx(5));
  REQUIRE(bill.crews.size() == 3);
  CHECK(bill.crews[0].seconds == Approx(1 + static_cast<double>(bill.tasks)));
  CHECK(bill.crews[2].workers == 4);
  CHECK(*bill.crews[2].seconds < 0.6 * *bill.crews[0].seconds);
  CHECK(*bill.crews[2].seconds >= *bill.chain_seconds);
  CHECK(bill.crews[2].model_loads > 1);

  calibration.seal_rate = static_cast<double>(bill.output.results) / 3;
  const Bill sealed = make_bill(plan, &calibration, 4);
  CHECK(sealed.sealing_seconds == Approx(3));
  CHECK(*sealed.crews[0].seconds == Approx(*bill.crews[0].seconds + 3));
}

TEST_CASE("the last number of workers is the one that was asked for",
          "[runner][bill]") {
  const Plan plan = toy_plan();
  std::vector<int> workers;
  for (const CrewBill& crew : make_bill(plan, nullptr, 6).crews) {
    workers.push_back(crew.workers);
  }
  CHECK(workers == std::vector<int>{1, 2, 4, 6});
  CHECK(make_bill(plan, nullptr, 1).crews.size() == 1);
}

TEST_CASE("memory is the program, what is loaded and the largest task",
          "[runner][bill]") {
  const Plan plan = toy_plan();
  const MemoryBill memory = make_bill(plan, nullptr).memory;
  CHECK(memory.model == plan.models.at(0).header.n_weights * 4);
  CHECK(memory.sae == 2 * 32 * 64 * 4);
  std::int64_t largest = 0;
  for (const PlannedTask& task : plan.tasks) {
    largest = std::max(largest, task.size.memory_bytes);
  }
  CHECK(memory.task == largest);
  CHECK(memory.worker ==
        memory.process + memory.model + memory.sae + memory.task);
  // All rows of a batch at once, and attention's scores.
  const jobs::Architecture& model = plan.models.at(0).header.architecture;
  CHECK(memory.gpu == memory.worker - memory.process +
                          7168 * (3 * model.d_mlp + 2 * model.d_model) * 4 +
                          4 * (1 << 22) * model.n_heads * 4);
}

TEST_CASE("text and JSON say the same", "[runner][bill]") {
  const Plan plan = toy_plan();
  const Calibration calibration = slow(plan);
  const Bill bill = make_bill(plan, &calibration, 2);
  const auto json = to_json(bill);
  CHECK(json["cells"] == bill.cells);
  CHECK(json["workers"][1]["seconds"] == *bill.crews[1].seconds);
  CHECK(json["stages"][0]["kind"] == "extract");
  CHECK(json["writes"]["results_bytes"] == bill.output.results);
  const std::string text = text_of(bill);
  CHECK_THAT(text, Catch::Contains("toy   1 model, 2 behaviours, 1 SAE: ") &&
                       Catch::Contains("calibrated 2026-11-20: cpu on here") &&
                       Catch::Contains("longest chain 5.0 s"));
}

TEST_CASE("of several models each has its own costs and loads",
          "[runner][bill]") {
  const Plan one = toy_plan(), two = plan_of_two_models();
  const Bill small = make_bill(one, nullptr), bill = make_bill(two, nullptr);
  CHECK(bill.models == 2);
  CHECK(bill.behaviours == small.behaviours);
  // Both models have the same SAE, whose zero vector is taken apart once.
  CHECK(bill.tasks == 2 * small.tasks - 1);
  const auto flops = [](const Bill& of, jobs::TaskKind kind) {
    return std::ranges::find(of.stages, kind, &StageBill::kind)->flops;
  };
  // Vectors of as many pairs and numbers; more blocks to steer.
  CHECK(flops(bill, jobs::kKindOf<jobs::VectorTask>) ==
        2 * flops(small, jobs::kKindOf<jobs::VectorTask>));
  CHECK(flops(bill, jobs::kKindOf<jobs::EvaluateTask>) >
        2.2 * flops(small, jobs::kKindOf<jobs::EvaluateTask>));
  CHECK(bill.crews.at(0).model_loads >= 2);
  CHECK(bill.crews.at(0).sae_loads == 1);
  // A worker has one of them at a time.
  const std::int64_t deep = two.models.at(1).header.n_weights * 4;
  CHECK(deep > small.memory.model);
  CHECK(bill.memory.model == deep);
  // Taken alone, the first has the very tasks that it has beside the other.
  for (const PlannedTask& task : one.tasks) {
    const auto same = std::ranges::find(two.tasks, task.key, &PlannedTask::key);
    REQUIRE(same != two.tasks.end());
    CHECK(same->flops == task.flops);
  }
}

TEST_CASE("a start takes as long as what is left of the sweep",
          "[runner][bill]") {
  const Plan plan = toy_plan();
  Calibration calibration = slow(plan);
  const Bill bill = make_bill(plan, &calibration, 2);
  CHECK(seconds_left(plan, calibration, {}, 1) == *bill.crews[0].seconds);
  CHECK(seconds_left(plan, calibration, {}, 2) == *bill.crews[1].seconds);
  std::set<std::size_t> done;
  std::size_t evaluation = 0;
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    const bool evaluates =
        jobs::kind_of(plan.tasks[i].task) == jobs::kKindOf<jobs::EvaluateTask>;
    if (evaluates) evaluation = i;
    done.insert(i);
  }
  done.erase(evaluation);
  // A second, and one for the model.
  CHECK(seconds_left(plan, calibration, done, 1) == Approx(2));
  done.insert(evaluation);
  CHECK(seconds_left(plan, calibration, done, 1) == 0);
  calibration.seal_rate = static_cast<double>(bill.output.results) / 3;
  CHECK(seconds_left(plan, calibration, done, 1) == Approx(3));
}
