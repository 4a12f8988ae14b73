#include "runner/sweep/sweep_selection.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "runner/plan/plan.hpp"
#include "runner/stages/activations_stage.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan(const Overrides& overrides = {}) const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", overrides));
  }
  tests::Scratch scratch;
};

std::set<storage::Key> cells_of(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

std::set<storage::Key> tasks_of(const Plan& plan, jobs::TaskKind kind) {
  std::set<storage::Key> keys;
  for (const PlannedTask& task : plan.tasks) {
    if (jobs::kind_of(task.task) == kind) keys.insert(task.key);
  }
  return keys;
}

bool includes(const std::set<storage::Key>& all,
              const std::set<storage::Key>& some) {
  return std::ranges::includes(all, some);
}

}  // namespace

TEST_CASE("exclusions take out cells with all their properties",
          "[runner][sweep_selection]") {
  CellChoice one;
  one.layers = {1, 2};
  one.variants = {"random"};
  Selection selection({}, {one});
  CellTraits cell;
  cell.layer = 1;
  CHECK(selection.keeps(cell));  // no variant
  cell.variants = {"original"};
  CHECK(selection.keeps(cell));
  CHECK(selection.unmatched() != nullptr);
  cell.variants = {"random"};
  CHECK_FALSE(selection.keeps(cell));
  CHECK(selection.unmatched() == nullptr);
  cell.layer = 3;
  CHECK(selection.keeps(cell));
}

TEST_CASE("cells are chosen by what is done with their vector",
          "[runner][sweep_selection]") {
  CellChoice one;
  one.operations = {"rotate"};
  CellTraits cell;
  CHECK(Selection(one, {}).keeps(cell));  // it has none
  CHECK(Selection({}, {one}).keeps(cell));
  cell.operation = "add";
  CHECK_FALSE(Selection(one, {}).keeps(cell));
  CHECK(Selection({}, {one}).keeps(cell));
  cell.operation = "rotate";
  CHECK(Selection(one, {}).keeps(cell));
  CHECK_FALSE(Selection({}, {one}).keeps(cell));
  CHECK(says_something(one));
}

TEST_CASE("a cell of several names goes by each of them",
          "[runner][sweep_selection]") {
  CellTraits cell;
  cell.variants = {"reconstruction", "resampled"};
  for (const char* name : {"reconstruction", "resampled", "random"}) {
    CellChoice one;
    one.variants = {name};
    const bool its = std::string(name) != "random";
    CHECK(Selection({}, {one}).keeps(cell) != its);
    CHECK(Selection(one, {}).keeps(cell) == its);
  }
}

TEST_CASE("a filter asks only for properties that cells have",
          "[runner][sweep_selection]") {
  CellChoice only;
  only.saes = {"s"};
  only.layers = {1};
  Selection selection(only, {});
  CellTraits cell;
  cell.layer = 1;
  CHECK(selection.keeps(cell));  // no SAE
  cell.sae = "t";
  CHECK_FALSE(selection.keeps(cell));
  cell.sae = "s";
  CHECK(selection.keeps(cell));
  cell.layer = 2;
  CHECK_FALSE(selection.keeps(cell));
}

TEST_CASE("a filtered plan is part of the whole and shares what it reads",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan whole = toy.plan();
  const Plan part = toy.plan({{}, {"layer=2"}});
  CHECK(part.cells.count() < whole.cells.count());
  CHECK(includes(cells_of(whole), cells_of(part)));
  for (const auto& row : part.tables.vectors) CHECK(row.layer == 2);
  for (const auto& row : tests::blank_results(part).propensity) {
    CHECK(row.layer == 2);
  }
  for (const auto& place : tests::stage_of<ActivationsStage>(part).places()) {
    CHECK(place.set.layers == std::vector<std::int32_t>{2});
    for (const auto& piece : place.pieces) {
      CHECK(piece.layers == std::vector<std::int32_t>{1, 2});
    }
  }
  for (const auto kind :
       {jobs::kKindOf<jobs::ExtractTask>, jobs::kKindOf<jobs::VectorTask>,
        jobs::kKindOf<jobs::DecomposeTask>}) {
    CHECK(tasks_of(part, kind) == tasks_of(whole, kind));
  }
}

TEST_CASE("of layers that are left out nothing is stored",
          "[runner][sweep_selection]") {
  const Toy toy;
  const auto plan = [&](Overrides overrides) {
    overrides.set.insert(overrides.set.end(),
                         {"store.activations=all", "store.layers=[0,2]"});
    return toy.plan(overrides);
  };
  const Plan whole = plan({});
  const Plan part = plan({{}, {"layer=2"}});
  const Plan without = plan({{"exclude=[{layer=0,behaviour=\"words\"},{layer=2,"
                              "behaviour=\"words\"}]"},
                             {}});
  const auto places = [](const Plan& of) {
    return tests::stage_of<ActivationsStage>(of).places();
  };
  const auto all = places(whole), some = places(part);
  REQUIRE(some.size() == all.size());
  for (std::size_t i = 0; i < some.size(); ++i) {
    const ActivationsStage::Place& place = some[i];
    CHECK(place.set.layers == std::vector<std::int32_t>{2});
    CHECK(place.set.rows.size() == all[i].set.rows.size());
    REQUIRE(place.pieces.size() == all[i].pieces.size());
    for (std::size_t j = 0; j < place.pieces.size(); ++j) {
      CHECK(place.pieces[j].layers == place.set.layers);
      CHECK(place.pieces[j].n_rows == all[i].pieces[j].n_rows);
    }
  }
  REQUIRE(places(without).size() == 1);
  CHECK(places(without)[0].behaviour.number() == 1);
  CHECK(includes(tasks_of(whole, jobs::kKindOf<jobs::StoreTask>),
                 tasks_of(without, jobs::kKindOf<jobs::StoreTask>)));
}

TEST_CASE("filters by behaviour, SAE, variant and multiplier leave their cells",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan words = toy.plan({{}, {"behaviour=words"}});
  CHECK(words.tables.behaviours.size() == 1);
  CHECK(words.data.at(0).behaviour == "words");
  CHECK(toy.plan({{}, {"sae=toy-sae"}}).cells.count() ==
        toy.plan().cells.count());
  const Plan original = toy.plan({{}, {"variant=original"}});
  CHECK(original.tables.variants.size() == 4);
  CHECK_FALSE(original.tables.decompositions.empty());
  const Plan one = toy.plan({{}, {"multiplier=2"}});
  const auto rows = tests::blank_results(one).propensity;
  CHECK_FALSE(rows.empty());
  for (const auto& row : rows) CHECK(row.multiplier == 2);
}

TEST_CASE("excluded multipliers of one variant leave the others theirs",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan whole = toy.plan();
  const Plan plan = toy.plan(
      {{"exclude=[{variant=\"random\", layer=1, multiplier=[-1, 1]}]"}, {}});
  // Letters: 20 items, 2 seeds, 2 of the 5 multipliers.
  CHECK(plan.cells.count() == whole.cells.count() - 20 * 2 * 2);
  CHECK(includes(cells_of(whole), cells_of(plan)));
  // Rows are in the order of their cells, each in one of its own.
  const auto rows = tests::blank_results(plan).propensity;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    CHECK(rows[i].cell == rows[i - 1].cell + 1);
  }
}

TEST_CASE("an excluded method has neither decompositions nor steered parts",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan whole = toy.plan();
  const Plan plan = toy.plan({{"exclude=[{method=\"omp:4\"}]"}, {}});
  CHECK(includes(cells_of(whole), cells_of(plan)));
  // 1 of the zero vector, 2 own and 2 * 4 of stand-ins.
  CHECK(plan.tables.decompositions.size() ==
        whole.tables.decompositions.size() - 11);
  // Of each behaviour, two parts and the zero vector's.
  CHECK(plan.tables.variants.size() == whole.tables.variants.size() - 6);
}

TEST_CASE("a vector that is excluded is no other's stand-in",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan plan =
      toy.plan({{"exclude=[{behaviour=\"words\", layer=2}]"}, {}});
  CHECK(plan.tables.vectors.size() == 3);
  for (const auto& row : plan.tables.variants) {
    const bool other =
        row.source == static_cast<std::int32_t>(jobs::VariantSource::other);
    if (other) CHECK(row.layer == 1);
    CHECK(row.vector >= 0);
  }
  for (const auto& row : plan.tables.decompositions) {
    CHECK(row.vector != 0);
  }
  const auto cells = plan.cells.rows();
  CHECK(std::ranges::count(
            cells, static_cast<std::uint8_t>(CellKind::code_differences),
            &storage::CellRow::kind) == 1);
}

TEST_CASE("an SAE that is not wanted is not read",
          "[runner][sweep_selection]") {
  const Toy toy;
  tests::write_file(toy.scratch.file("sweep.toml"),
                    tests::read_file(toy.scratch.file("sweep.toml")) +
                        "\n[[sae]]\nid = \"gone\"\nsource = \"gone\"\n"
                        "layer = 1\n");
  CHECK_THROWS_WITH(toy.plan(), Catch::Contains("gone"));
  CHECK(toy.plan({{}, {"sae=toy-sae"}}).tables.saes.size() == 1);
  CHECK(toy.plan({{"exclude=[{sae=\"gone\"}]"}, {}}).tables.saes.size() == 1);
}

TEST_CASE("a plan too large for memory is refused before it fills it",
          "[runner][sweep_selection]") {
  const Toy toy;
  CHECK_THROWS_WITH(
      toy.plan({{"steer.multipliers={from=1,to=100000,step=1}",
                 "steer.random=10000"},
                {}}),
      Catch::Contains("more than 50000000 cells of items, variants"));
}

TEST_CASE("what takes nothing out, or everything, is refused",
          "[runner][sweep_selection]") {
  const Toy toy;
  CHECK_THROWS_WITH(
      toy.plan({{"exclude=[{layer=1, variant=\"reconstruction\"}]"}, {}}),
      Catch::Contains("nothing that it takes out"));
  CHECK_THROWS_WITH(toy.plan({{"exclude=[{model=\"toy\"}]"}, {}}),
                    Catch::Contains("no cell that is left"));
  CHECK_THROWS_WITH(
      toy.plan({{"exclude=[{method=[\"encode\", \"omp:4\", \"anchored\", "
                 "\"code-difference\"], sae=\"toy-sae\"}]"},
                {}}),
      Catch::Contains("no method that is left"));
}

TEST_CASE("an SAE or behaviour that is there twice is taken once",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan once = toy.plan();
  std::string text = tests::read_file(toy.scratch.file("sweep.toml"));
  text +=
      "\n[[sae]]\nid = \"again\"\nsource = \"./sae\"\nlayer = 2\n"
      "fit = \"any\"\n[[data]]\nbehaviour = \"same\"\n"
      "source = \"letters.jsonl\"\ntemplate = \"chatml\"\n"
      "system = \"Be brief.\"\ntest_items = 20\n";
  tests::write_file(toy.scratch.file("sweep.toml"), text);
  const Plan twice = toy.plan();
  CHECK(cells_of(twice) == cells_of(once));
  CHECK(twice.cells.count() == once.cells.count());
  CHECK(twice.tables.saes.size() == 1);
  CHECK(twice.notes.size() == once.notes.size() + 2);
}

TEST_CASE("the effective sweep makes an equal plan",
          "[runner][sweep_selection]") {
  const Toy toy;
  const Plan plan =
      toy.plan({{"exclude=[{variant=\"random\", multiplier=[-1, 1]}]",
                 "vector.layers=all"},
                {"layer=1,2", "behaviour=letters"}});
  const Plan again = make_plan(
      parse_sweep(plan.sweep.effective, "s.toml", toy.scratch.path(), ""));
  CHECK(again.sweep.effective == plan.sweep.effective);
  REQUIRE(again.tasks.size() == plan.tasks.size());
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    CHECK(again.tasks[i].key == plan.tasks[i].key);
  }
  CHECK(cells_of(again) == cells_of(plan));
}
