// Sweeps of several models: what the sweep file and the plan make of them.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "runner/base/exit_code.hpp"
#include "runner/bill/task_width.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/activations_stage.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/results/model_rows.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

constexpr const char* kSecond = R"([[model]]
id = "it"
source = "it.gguf"
template = "chatml"
system = "Be kind."
)";

// The toy sweep, and another model that is asked in another way.
struct Toy {
  explicit Toy(const tests::ToySizes& sizes = {}) {
    tests::write_toy_sweep(scratch.path());
    tests::write_file(scratch.file("it.gguf"),
                      tests::toy_llama(2, sizes).bytes());
    text = tests::read_file(scratch.file("sweep.toml"));
  }
  Plan plan(const std::string& more = "", const Overrides& set = {}) const {
    return make_plan(
        parse_sweep(text + more, "s.toml", scratch.path(), "", set));
  }
  tests::Scratch scratch;
  std::string text;
};

std::set<storage::Key> task_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const PlannedTask& task : plan.tasks) keys.insert(task.key);
  return keys;
}

std::set<storage::Key> cell_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

}  // namespace

TEST_CASE("each model has its rows, and its tasks are its own",
          "[runner][several_models]") {
  const Toy toy;
  const Plan one = toy.plan();
  const Plan two = toy.plan(kSecond);
  REQUIRE(two.tables.models.size() == 2);
  CHECK(two.tables.models[1].id == 1);
  CHECK(two.tables.models[1].name.str() == "it");
  CHECK(two.tables.saes.size() == 2);
  CHECK(two.tables.saes[1].model == 1);
  CHECK(two.tables.behaviours.size() == 4);
  CHECK(two.tables.behaviours[2].prompt_template.str() == "chatml");
  CHECK(two.cells.count() == 2 * one.cells.count());
  CHECK(std::ssize(cell_keys(two)) == two.cells.count());
  const auto all = task_keys(two);
  // But for what the SAE makes of the zero vector, which knows no model.
  CHECK(all.size() == 2 * one.tasks.size() - 1);
  CHECK(two.tasks.size() == all.size());
  CHECK(std::ranges::includes(all, task_keys(one)));
  CHECK(std::ranges::includes(cell_keys(two), cell_keys(one)));
  CHECK(tests::stage_of<ActivationsStage>(two).places().at(2).set.path ==
        "activations/it/words");
}

TEST_CASE("rows refer to rows of their own model", "[runner][several_models]") {
  const Plan plan = Toy().plan(kSecond, {{"decompose.controls.other=1"}, {}});
  const storage::Results& t = plan.tables;
  const auto model_of = [&](std::int32_t vector) {
    return t.vectors.at(static_cast<std::size_t>(vector)).model;
  };
  for (const auto& row : t.vectors) CHECK(row.model == row.behaviour / 2);
  int others = 0;
  for (const auto& row : t.decompositions) {
    CHECK(t.saes.at(static_cast<std::size_t>(row.sae)).model == row.model);
    if (row.vector >= 0) CHECK(model_of(row.vector) == row.model);
    if (row.other >= 0) CHECK(model_of(row.other) == row.model);
    others += row.other >= 0 ? 1 : 0;
  }
  CHECK(others > 0);
  for (const auto& row : t.variants) {
    CHECK(model_of(row.vector) == row.model);
    if (row.other >= 0) CHECK(model_of(row.other) == row.model);
    if (row.decomposition < 0) continue;
    CHECK(t.decompositions.at(static_cast<std::size_t>(row.decomposition))
              .model == row.model);
  }
}

TEST_CASE("whole strings are stored of each model as it is asked",
          "[runner][several_models]") {
  const Toy toy;
  const Overrides all{{"store.activations=all", "store.layers=all"}, {}};
  const Plan one = toy.plan("", all);
  const Plan two = toy.plan(kSecond, all);
  CHECK(std::ranges::includes(task_keys(two), task_keys(one)));
  CHECK(std::ranges::includes(cell_keys(two), cell_keys(one)));
  const auto& places = tests::stage_of<ActivationsStage>(two).places();
  REQUIRE(places.size() == 4);
  for (const ActivationsStage::Place& place : places) {
    const bool second = place.behaviour.number() >= 2;
    CHECK(place.set.path.starts_with(second ? "activations/it/"
                                            : "activations/toy/"));
    CHECK(place.set.layers == std::vector<std::int32_t>{0, 1, 2, 3});
    for (const ActivationPiece& piece : place.pieces) {
      const auto& task =
          std::get<jobs::StoreTask>(at(two.tasks, piece.task).task);
      CHECK(task.model.path.ends_with(second ? "it.gguf" : "model.gguf"));
    }
    const auto& first = two.tables.items.at(
        static_cast<std::size_t>(place.set.rows.at(0).item));
    CHECK(first.behaviour == place.behaviour.column());
  }
  // The other template makes other strings of the same pairs.
  CHECK(places[0].set.rows.size() < places[2].set.rows.size());
}

TEST_CASE("data and SAEs can be for some of the models",
          "[runner][several_models]") {
  const Toy toy;
  const Plan plan = toy.plan(kSecond, {{"sae.toy-sae.model=it"}, {"model=it"}});
  CHECK(plan.models.size() == 1);
  CHECK(plan.tables.saes.size() == 1);
  const Plan pt =
      toy.plan(kSecond, {{"sae.toy-sae.model=[\"it\"]"}, {"model=toy"}});
  CHECK(pt.tables.saes.empty());
  CHECK(pt.tables.models.at(0).name.str() == "toy");
  const Sweep sweep = parse_sweep(
      toy.text + kSecond, "s.toml", "", "",
      {{"data.words.model=it", "steer.variants=[\"original\"]"}, {}});
  CHECK(sweep.data[0].models == std::vector<std::string>{"it"});
  CHECK(parse_sweep(sweep.effective, "s.toml", "", "").effective ==
        sweep.effective);
}

TEST_CASE(
    "a model that is there twice is taken once, unless it is asked otherwise",
    "[runner][several_models]") {
  const Toy toy;
  const std::string again = "[[model]]\nid = \"b\"\nsource = \"model.gguf\"\n";
  const Plan plan = toy.plan(again);
  CHECK(plan.models.size() == 1);
  CHECK(plan.notes.back() == "model b is model toy: taken once");
  const Plan two = toy.plan(again + "template = \"plain\"\n");
  CHECK(two.models.size() == 2);
}

TEST_CASE("models of several widths keep their own",
          "[runner][several_models]") {
  tests::ToySizes wide;
  wide.d_model = 48;
  const Plan plan = Toy(wide).plan(kSecond, {{"sae.toy-sae.model=toy"}, {}});
  REQUIRE(plan.models.size() == 2);
  CHECK(width_of(plan, ModelIndex(0)) == 32);
  CHECK(width_of(plan, ModelIndex(1)) == 48);
  CHECK(widest_of(plan) == 48);
  CHECK(storage::widths_differ(plan.tables));
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    const jobs::TaskLoads loads = loads_of(plan.tasks[i].task);
    const bool second =
        loads.model != nullptr && loads.model->path.ends_with("it.gguf");
    if (loads.model != nullptr || loads.sae != nullptr) {
      CHECK(width_of_task(plan, i) == (second ? 48 : 32));
    }
  }
}

TEST_CASE("models that don't go together are refused",
          "[runner][several_models]") {
  const Toy toy;
  const auto refused = [](const Toy& with, const std::string& more) {
    try {
      with.plan(more);
    } catch (const ProgramError& error) {
      CHECK(error.code() == ExitCode::bad_sweep);
      return std::string(error.what());
    }
    return std::string();
  };
  tests::ToySizes shallow;
  shallow.n_layers = 2;
  CHECK_THAT(refused(toy, std::string(kSecond) +
                              "[[exclude]]\nmodel = \"it\"\nlayer = 7\n"),
             Catch::Contains("7, expected of 1, 2"));
  CHECK_THAT(refused(Toy(shallow), kSecond),
             Catch::Contains("vector.layers: 2, expected 0 to 1") &&
                 Catch::Contains("it.gguf"));
  CHECK_THAT(refused(toy, "[[model]]\nid = \"toy\"\nsource = \"x\"\n"),
             Catch::Contains("\"toy\" twice"));
  CHECK_THAT(
      refused(toy, "[[model]]\nid = \"b\"\nsource = \"x\"\nsystem = \"s\"\n"),
      Catch::Contains("a text, without a template"));
  CHECK_THAT(
      refused(toy,
              "[[model]]\nid = \"b\"\nsource = \"x\"\ntemplate = \"chatml\"\n"),
      Catch::Contains("model.system: missing"));
  CHECK_THAT(tests::refusal(
                 tests::replaced("[vector]", std::string(kSecond) + "[vector]"),
                 {{"data.b.model=m"}, {}}),
             Catch::Contains("none for model it"));
  CHECK_THAT(tests::refusal(tests::kMinimalSweep, {{"data.b.model=it"}, {}}),
             Catch::Contains("\"it\", expected of m"));
  CHECK_THROWS_WITH(Toy(shallow).plan(kSecond, {{"vector.layers=all"}, {}}),
                    Catch::Contains("models with other numbers of blocks"));
}
