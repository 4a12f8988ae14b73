#include "runner/plan/method_vector_input.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "runner/plan/names.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep, by some methods.
struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan(const std::string& methods, Overrides changes = {}) const {
    changes.set.push_back("vector.method=[" + methods + "]");
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", changes));
  }
  Plan plain() const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", {}));
  }

  tests::Scratch scratch;
};

const std::string kAll =
    R"("mean-difference", "pca", "logistic", "positive-mean")";

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

// Vector tasks of a method.
std::vector<const PlannedTask*> tasks_of(const Plan& plan,
                                         jobs::VectorMethod method) {
  std::vector<const PlannedTask*> tasks;
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::VectorTask>(&task.task);
    if (one != nullptr && one->method == method) tasks.push_back(&task);
  }
  return tasks;
}

}  // namespace

TEST_CASE("methods leave every task and cell of a sweep as it was",
          "[runner][method_vector_input]") {
  const Toy toy;
  const Plan without = toy.plain();
  CHECK(task_keys(toy.plan(R"("mean-difference")")) == task_keys(without));
  CHECK(toy.plan(R"("mean-difference")").sweep.effective ==
        without.sweep.effective);
  const Plan with = toy.plan(kAll);
  CHECK(std::ranges::includes(task_keys(with), task_keys(without)));
  CHECK(std::ranges::includes(cell_keys(with), cell_keys(without)));
  CHECK(task_keys(with).size() == with.tasks.size());
  CHECK(cell_keys(with).size() == static_cast<std::size_t>(with.cells.count()));
  CHECK(with.tables.norms.size() == without.tables.norms.size());
}

TEST_CASE("each method makes one more vector of each behaviour's pairs",
          "[runner][method_vector_input]") {
  using jobs::VectorMethod;
  const Toy toy;
  const Plan plan = toy.plan(kAll);
  REQUIRE(plan.data.size() == 8);
  CHECK(plan.data[2].behaviour == "pca on words");
  CHECK(plan.data[5].behaviour == "logistic on letters");
  CHECK(plan.tables.behaviours[7].name.str() == "positive-mean on letters");
  CHECK(plan.tables.behaviours[2].digest.str() ==
        plan.tables.behaviours[0].digest.str());
  for (const auto& row : plan.tables.vectors) {
    const auto method = jobs::kVectorMethods[static_cast<std::size_t>(
        std::vector{0, 1, 3, 4}[static_cast<std::size_t>(row.behaviour / 2)])];
    CHECK(row.method == (method.method == VectorMethod::mean_difference
                             ? kMeanDifference
                             : vector_method(method.method)));
    const auto& base =
        plan.tables.vectors[static_cast<std::size_t>(row.behaviour % 2) * 2];
    CHECK(row.n_pairs == base.n_pairs);
    CHECK(row.n_clusters == base.n_clusters);
  }
  // The same extract tasks, whose bulk methods of rows alone are given.
  const auto means = tasks_of(plan, VectorMethod::mean_difference);
  REQUIRE(means.size() == 2);
  for (const auto& of : jobs::kVectorMethods) {
    if (of.method == VectorMethod::pca_centred) continue;
    const auto made = tasks_of(plan, of.method);
    REQUIRE(made.size() == 2);
    for (const std::size_t i : {0U, 1U}) {
      CHECK(made[i]->inputs == means[i]->inputs);
      CHECK(made[i]->pairs == means[i]->pairs);
      CHECK((made[i]->input_bulk == InputBulk::wanted) == of.rows);
    }
  }
  // They need activations, with or without an SAE.
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::ExtractTask>(&task.task);
    if (one != nullptr) CHECK(one->keep_activations);
  }
}

TEST_CASE("a method's name has its number at the end of names/methods",
          "[runner][method_vector_input]") {
  const auto names = enumerations();
  const auto methods = std::ranges::find(
      names, "methods", [](const auto& one) { return one.first; });
  REQUIRE(methods != names.end());
  // On disk: never renumber.
  const char* expected[] = {"own", "pca", "pca-centred", "logistic",
                            "positive-mean"};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(methods->second.at(19 + i).name.str() == expected[i]);
  }
  CHECK(methods->second[0].name.str() == "mean-difference");
  CHECK(vector_method(jobs::VectorMethod::logistic) == 22);
}

TEST_CASE("a method needs no mean difference beside it",
          "[runner][method_vector_input]") {
  const Toy toy;
  // Nothing is stored of pairs that have no mean difference.
  const Overrides no_store{{"store.activations=\"none\""}, {}};
  Overrides no_other = no_store;
  no_other.set.emplace_back(
      R"(steer.variants=["original", "reconstruction", "random"])");
  const Plan all = toy.plan(R"("mean-difference", "pca")", no_other);
  const Plan alone = toy.plan(R"("pca")", no_other);
  REQUIRE(alone.data.size() == 2);
  CHECK(alone.data[0].behaviour == "pca on words");
  const auto is_told = [](const std::string& note) {
    return note.find("no norms of the pairs'") != std::string::npos;
  };
  CHECK(std::ranges::any_of(alone.notes, is_told));
  CHECK(std::ranges::none_of(all.notes, is_told));
  CHECK(std::ranges::includes(cell_keys(all), cell_keys(alone)));
  CHECK_FALSE(is_of_told_pairs(alone, BehaviourIndex(0)));
  CHECK(is_of_told_pairs(all, BehaviourIndex(2)));
  // Nothing else is another behaviour's vector.
  CHECK_THAT(tests::error_of([&] { toy.plan(R"("pca")", no_store); }),
             Catch::Contains("control other"));
  CHECK_THAT(tests::error_of([&] { toy.plan(R"("pca")"); }),
             Catch::Contains("store.activations"));
  CHECK_THAT(tests::error_of([&] {
               Overrides dose = no_other;
               dose.set.emplace_back(R"(steer.dose=["behaviour-mean"])");
               toy.plan(R"("pca")", dose);
             }),
             Catch::Contains("behaviour-mean"));
}

TEST_CASE("data that are read twice make one vector of a method",
          "[runner][method_vector_input]") {
  const Toy toy;
  const std::string sweep = tests::read_file(toy.scratch.file("sweep.toml"));
  std::filesystem::copy(toy.scratch.file("words.jsonl"),
                        toy.scratch.file("copy.jsonl"));
  const std::size_t at = sweep.find("[[data]]");
  std::string again = sweep.substr(at, sweep.find("[[data]]", at + 1) - at);
  again.replace(again.find("\"words\""), 7, "\"again\"");
  again.replace(again.find("words.jsonl"), 11, "copy.jsonl");
  tests::write_file(toy.scratch.file("sweep.toml"),
                    sweep.substr(0, at) + sweep.substr(at) + "\n" + again);
  const Plan plan = toy.plan(R"("mean-difference", "pca")");
  CHECK(plan.data.size() == 4);
  CHECK(task_keys(plan).size() == plan.tasks.size());
  CHECK(std::ranges::any_of(plan.notes, [](const std::string& note) {
    return note.find("pca on again") != std::string::npos;
  }));
}

TEST_CASE("methods are refused by name", "[runner][method_vector_input]") {
  const Toy toy;
  const auto error = [&](const std::string& methods) {
    return tests::error_of([&] { toy.plan(methods); });
  };
  CHECK_THAT(error(R"("mean-diference")"),
             Catch::Contains("\"mean-diference\"") &&
                 Catch::Contains("mean-difference, pca, pca-centred"));
  CHECK_THAT(error(R"("pca", "pca")"), Catch::Contains("twice"));
  CHECK_THAT(error(""), Catch::Contains("vector.method"));
  CHECK_THAT(tests::error_of([&] {
               toy.plan(R"("pca")",
                        {{"store.activations=\"none\""}, {"behaviour=words"}});
             }),
             Catch::Contains("pca on words"));
}
