// Which tasks and cells of a sweep are others when it grows: those of what is
// new, and what is named beside.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan(const Overrides& overrides = {}) const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", overrides));
  }
  void edit(const std::string& from, const std::string& to) const {
    std::string text = tests::read_file(scratch.file("sweep.toml"));
    text.replace(text.find(from), from.size(), to);
    tests::write_file(scratch.file("sweep.toml"), text);
  }
  // Beside the first, at its layer.
  void add_sae() const {
    tests::write_toy_sae(scratch.file("sae2"), 32, 48);
    edit("[decompose]",
         "[[sae]]\nid = \"second\"\nsource = \"sae2\"\nlayer = 2\n"
         "fit = \"any\"\n\n[decompose]");
  }
  // A third one, of the words' data from another line on.
  void add_behaviour() const {
    const std::string words = tests::read_file(scratch.file("words.jsonl"));
    tests::write_file(scratch.file("more.jsonl"),
                      words.substr(words.find('\n') + 1));
    edit("[vector]",
         "[[data]]\nbehaviour = \"more\"\nsource = \"more.jsonl\"\n"
         "template = \"plain\"\nsplit = \"line\"\ntrain_items = 20\n"
         "test_items = 10\n\n[vector]");
  }
  tests::Scratch scratch;
};

std::set<storage::Key> cell_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

std::set<storage::Key> task_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const PlannedTask& task : plan.tasks) keys.insert(task.key);
  return keys;
}

// Those of a plan's tasks of a kind that `before` had not.
template <class T>
std::vector<const T*> more_of(const Plan& before, const Plan& after) {
  const auto known = task_keys(before);
  std::vector<const T*> more;
  for (const PlannedTask& task : after.tasks) {
    const auto* one = std::get_if<T>(&task.task);
    if (one != nullptr && !known.contains(task.key)) more.push_back(one);
  }
  return more;
}

// Whether every task of these kinds is one of the grown plan.
bool kept(const Plan& before, const Plan& after,
          const std::set<std::string>& kinds) {
  const auto known = task_keys(after);
  return std::ranges::all_of(before.tasks, [&](const PlannedTask& task) {
    return !kinds.contains(jobs::name_of(jobs::kind_of(task.task))) ||
           known.contains(task.key);
  });
}

// Whether all cells of a plan are cells of a grown one.
bool has_cells_of(const Plan& after, const Plan& before) {
  return std::ranges::includes(cell_keys(after), cell_keys(before));
}

}  // namespace

TEST_CASE("what is steered with is made in a task an origin",
          "[runner][growth]") {
  using Source = jobs::VariantSource;
  const Plan plan = Toy().plan();
  std::vector<std::set<Source>> origins;
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::VariantsTask>(&task.task);
    if (one == nullptr) continue;
    auto& sources = origins.emplace_back();
    for (const auto& request : one->requests) sources.insert(request.source);
    // Pairs are read where something is drawn of them.
    CHECK((one->n_extracts > 0) == sources.contains(Source::shuffled));
  }
  REQUIRE(origins.size() == 6);
  for (const std::size_t behaviour : {std::size_t{0}, std::size_t{3}}) {
    CHECK(origins[behaviour].contains(Source::original));
    CHECK(origins[behaviour].contains(Source::random));
    CHECK(origins[behaviour + 1] == std::set{Source::other});
    CHECK(origins[behaviour + 2] ==
          std::set{Source::reconstruction, Source::zero_reconstruction});
  }
}

TEST_CASE("an evaluation finds each variant in the task of its origin",
          "[runner][growth]") {
  const Toy toy;
  toy.edit("[vector]\n", "[vector]\nresample = 2\n");
  toy.edit("random = 2\n\n",
           "random = 2\ndose = [\"raw\", \"residual-fraction\"]\n"
           "operations = [\"rotate\", \"add\"]\n"
           "resampled_methods = [\"encode\"]\n\n");
  const Plan plan = toy.plan();
  std::map<std::int32_t, std::vector<storage::VariantRow>> rows;
  for (const storage::VariantRow& row : plan.tables.variants) {
    rows[row.behaviour].push_back(row);
  }
  REQUIRE(rows.at(0).size() != rows.at(1).size());
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::EvaluateTask>(&task.task);
    if (one == nullptr) continue;
    CHECK(task.inputs.size() == 3);
    // All of one behaviour have the same multipliers.
    const auto& of = rows.at(one->variants.size() == rows.at(0).size() ? 0 : 1);
    REQUIRE(one->variants.size() == of.size());
    for (std::size_t i = 0; i < of.size(); ++i) {
      const TaskIndex input =
          task.inputs.at(static_cast<std::size_t>(one->variants[i].input));
      const auto& by = std::get<jobs::VariantsTask>(at(plan.tasks, input).task);
      const jobs::VariantRequest& made =
          by.requests.at(static_cast<std::size_t>(one->variants[i].row));
      CHECK(storage::is(of[i].source, made.source));
      CHECK(storage::is(of[i].norm_rule, made.norm_rule));
      CHECK(storage::is(of[i].sign_rule, made.sign_rule));
      CHECK(storage::is(of[i].dose_rule, made.dose_rule));
      CHECK(storage::is(of[i].operation, operation_of(*one, i)));
      CHECK((of[i].resample >= 0 && of[i].decomposition >= 0) ==
            made.resampled);
    }
  }
}

TEST_CASE("an SAE more makes no other origin's vectors anew",
          "[runner][growth]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.add_sae();
  const Plan after = toy.plan();
  const auto more = more_of<jobs::VariantsTask>(before, after);
  REQUIRE(more.size() == 2);  // one a behaviour
  CHECK(more_of<jobs::DecomposeTask>(before, after).size() == 3);
  for (const auto* one : more_of<jobs::DecomposeTask>(before, after)) {
    CHECK(one->sae.path == toy.scratch.file("sae2"));
  }
  CHECK(more_of<jobs::SignNullTask>(before, after).size() == 1);
  CHECK(kept(before, after,
             {"variants", "decompose", "sign-null", "extract", "vector",
              "observe", "store", "activity"}));
  for (const jobs::VariantsTask* one : more) {
    for (const auto& request : one->requests) {
      CHECK((request.source == jobs::VariantSource::reconstruction ||
             request.source == jobs::VariantSource::zero_reconstruction));
    }
  }
  CHECK(has_cells_of(after, before));
}

TEST_CASE("a behaviour more computes nothing of the others anew",
          "[runner][growth]") {
  const Toy toy;
  toy.edit("\"other\", ", "");
  const Plan before = toy.plan();
  toy.add_behaviour();
  const Plan after = toy.plan();
  REQUIRE(after.behaviours.size() == 3);
  // The features' activity alone is of all behaviours at once.
  CHECK(kept(before, after,
             {"extract", "vector", "observe", "decompose", "sign-null",
              "variants", "evaluate", "store"}));
  CHECK(more_of<jobs::DecomposeTask>(before, after).size() == 1);
  CHECK(more_of<jobs::VariantsTask>(before, after).size() == 2);
  CHECK(has_cells_of(after, before));
}

TEST_CASE("other behaviours' vectors are what depends on other behaviours",
          "[runner][growth]") {
  const Toy toy;
  const Plan before = toy.plan({{"decompose.controls.other=1"}, {}});
  toy.add_behaviour();
  const Plan after = toy.plan({{"decompose.controls.other=1"}, {}});
  std::size_t others = 0, all = 0;
  for (const auto* one : more_of<jobs::VariantsTask>(before, after)) {
    ++all;
    if (one->requests.front().source == jobs::VariantSource::other) ++others;
  }
  CHECK(others == 3);
  // The third behaviour's, and the reconstructions of stand-ins' SAEs.
  CHECK(all == 3 + 2 + 2);
  CHECK(more_of<jobs::DecomposeTask>(before, after).size() == 3);
  CHECK(has_cells_of(after, before));
  // The mean length of all behaviours is of all behaviours.
  const Overrides mean{{"steer.dose=[\"behaviour-mean\"]"}, {}};
  const Plan doses = toy.plan(mean);
  for (const PlannedTask& task : doses.tasks) {
    if (const auto* one = std::get_if<jobs::VariantsTask>(&task.task)) {
      CHECK(one->behaviours.size() == 3);
    }
  }
}

TEST_CASE("what else a sweep grows by leaves the others' tasks",
          "[runner][growth]") {
  const Toy toy;
  const Plan before = toy.plan();
  // A seed more: what the behaviour's own vector is made into.
  const Plan seeds = toy.plan({{"steer.random=3"}, {}});
  CHECK(kept(before, seeds, {"decompose", "sign-null"}));
  CHECK(more_of<jobs::VariantsTask>(before, seeds).size() == 2);
  // A method that nothing is steered with: what the SAE is asked for.
  const Plan methods =
      toy.plan({{"decompose.methods=[\"encode\", \"omp:4\", \"anchored\", "
                 "\"code-difference\", \"lasso:0.1\"]"},
                {}});
  CHECK(kept(before, methods, {"sign-null"}));
  CHECK(more_of<jobs::DecomposeTask>(before, methods).size() == 3);
  CHECK(more_of<jobs::VariantsTask>(before, methods).size() == 2);
  CHECK(has_cells_of(methods, before));
}
