#include "runner/stages/variant_requests.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep with these lines in [steer], and some behind that.
Plan plan_with(const std::string& steer, const std::string& behind = "") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const std::string path = scratch.file("sweep.toml");
  const std::string last = "random = 2\n\n";
  std::string text = tests::read_file(path);
  text.replace(text.find(last), last.size(),
               "random = 2\n" + steer + "\n" + behind + "\n");
  tests::write_file(path, text);
  return make_plan(read_sweep(path, ""));
}

std::set<storage::Key> cell_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

}  // namespace

TEST_CASE("each operation has every variant, and they share their vectors",
          "[runner][variant_requests]") {
  const Plan before = plan_with("");
  const Plan plan = plan_with("operations = [\"add\", \"project-out\"]");
  CHECK(plan.tables.variants.size() == 2 * before.tables.variants.size());
  CHECK(std::ssize(cell_keys(plan)) == plan.cells.count());
  CHECK(std::ranges::includes(cell_keys(plan), cell_keys(before)));
  std::set<storage::Key> vectors, evaluations;
  for (const PlannedTask& task : before.tasks) {
    if (std::holds_alternative<jobs::EvaluateTask>(task.task)) {
      evaluations.insert(task.key);
    } else {
      vectors.insert(task.key);
    }
  }
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::EvaluateTask>(&task.task);
    CHECK(vectors.contains(task.key) == (one == nullptr));
    if (one == nullptr) continue;
    CHECK_FALSE(evaluations.contains(task.key));
    for (std::size_t v = 0; v < one->variants.size(); v += 2) {
      CHECK(one->variants[v] == one->variants[v + 1]);
      CHECK(operation_of(*one, v) == jobs::Operation::add);
      CHECK(operation_of(*one, v + 1) == jobs::Operation::project_out);
    }
  }
}

TEST_CASE("what takes a direction alone has one dose and one norm",
          "[runner][variant_requests]") {
  const Plan plan = plan_with(
      "dose = [\"raw\", \"residual-fraction\"]\n"
      "norm = [\"as-is\", \"equal\"]\n"
      "operations = [\"rotate\", \"add-keep-norm\"]");
  std::set<std::tuple<bool, int, int>> found;  // rebuilt, dose and norm
  std::size_t turned = 0, all = 0;
  for (const storage::VariantRow& row : plan.tables.variants) {
    ++all;
    if (!storage::is(row.operation, jobs::Operation::rotate)) continue;
    ++turned;
    const bool rebuilt = row.decomposition >= 0;
    found.insert({rebuilt, row.dose_rule, rebuilt ? row.norm_rule : 0});
  }
  CHECK(found ==
        std::set<std::tuple<bool, int, int>>{{true, 0, 0}, {false, 0, 0}});
  CHECK(3 * turned < all);
}

TEST_CASE("exclusions take operations out, and their vectors if all are",
          "[runner][variant_requests]") {
  const Plan plan = plan_with(
      "operations = [\"add\", \"project-out\"]\n",
      "[[exclude]]\noperation = \"project-out\"\nmultiplier = [-1, 2]\n"
      "[[exclude]]\noperation = [\"add\", \"project-out\"]\n"
      "variant = \"random\"\n"
      "[[exclude]]\noperation = \"add\"\nvariant = \"covariance\"\n");
  for (const storage::VariantRow& row : plan.tables.variants) {
    CHECK_FALSE(storage::is(row.source, jobs::VariantSource::random));
    const bool covariance =
        storage::is(row.source, jobs::VariantSource::covariance);
    CHECK(!(covariance && storage::is(row.operation, jobs::Operation::add)));
  }
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* made = std::get_if<jobs::VariantsTask>(&task.task)) {
      for (const jobs::VariantRequest& one : made->requests) {
        CHECK(one.source != jobs::VariantSource::random);
      }
    }
    const auto* one = std::get_if<jobs::EvaluateTask>(&task.task);
    if (one == nullptr) continue;
    for (std::size_t v = 0; v < one->variants.size(); ++v) {
      const bool out = operation_of(*one, v) == jobs::Operation::project_out;
      const auto has = [&](double m) {
        return std::ranges::count(one->multipliers, m) > 0;
      };
      CHECK((!out || !(has(-1) || has(2))));
    }
  }
}

TEST_CASE("vectors of fewer clusters are nested, and leave all else as it was",
          "[runner][variant_requests]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const auto plan_of = [&](const std::vector<std::string>& set) {
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", {set, {}}));
  };
  const Plan before = plan_of({});
  const Plan three =
      plan_of({"vector.train_clusters=3", "vector.train_draws=2"});
  const Plan six =
      plan_of({"vector.train_clusters=[6, 3]", "vector.train_draws=2"});
  const Plan more =
      plan_of({"vector.train_clusters=[3, 6]", "vector.train_draws=3"});
  CHECK(std::ranges::includes(cell_keys(three), cell_keys(before)));
  CHECK(std::ranges::includes(cell_keys(six), cell_keys(three)));
  CHECK(std::ranges::includes(cell_keys(more), cell_keys(six)));
  CHECK(cell_keys(six).size() > cell_keys(three).size());
  CHECK(cell_keys(more).size() > cell_keys(six).size());
  CHECK(std::ssize(cell_keys(more)) == more.cells.count());
  CHECK(cell_keys(plan_of({"vector.train_clusters=[3, 6]",
                           "exclude=[{variant=\"subset\"}]"})) ==
        cell_keys(before));
  // Those of one draw have one order of the clusters.
  for (const PlannedTask& task : six.tasks) {
    const auto* made = std::get_if<jobs::VariantsTask>(&task.task);
    if (made == nullptr) continue;
    std::map<std::int32_t, std::vector<storage::Key>> orders;
    for (const jobs::VariantRequest& one : made->requests) {
      if (one.source != jobs::VariantSource::subset) continue;
      orders[one.n_clusters].push_back(one.random_key);
    }
    if (orders.empty()) continue;
    CHECK(orders.size() == 2);
    CHECK(orders[3] == orders[6]);
  }
}

TEST_CASE("vectors of fewer clusters need an original and a model",
          "[runner][variant_requests]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const auto refused = [&](const std::string& more) {
    return tests::error_of([&] {
      read_sweep(scratch.file("sweep.toml"), "",
                 {{"vector.train_clusters=[3]", more}, {}});
    });
  };
  CHECK_THAT(refused("steer.variants=[\"random\"]"),
             Catch::Contains("no original among the variants"));
}

TEST_CASE("features are steered with once a behaviour, and clamped to values",
          "[runner][variant_requests]") {
  const Plan before = plan_with("");
  const std::string feature =
      "[[feature]]\nsae = \"toy-sae\"\nfeature = [9, 4]\nclamp = [3, 0]\n";
  const Plan plan = plan_with("", feature);
  CHECK(std::ssize(cell_keys(plan)) == plan.cells.count());
  CHECK(std::ranges::includes(cell_keys(plan), cell_keys(before)));
  std::map<std::tuple<int, int, int, double>, int> found;
  for (const storage::VariantRow& row : plan.tables.variants) {
    if (row.feature < 0) {
      CHECK(row.sae == -1);
      CHECK(std::isnan(row.clamped_to));
      continue;
    }
    CHECK(storage::is(row.source, jobs::VariantSource::feature));
    const bool clamped = storage::is(row.operation, jobs::Operation::clamp);
    CHECK(std::isnan(row.clamped_to) == !clamped);
    ++found[{row.behaviour, row.feature, row.operation,
             clamped ? row.clamped_to : -1}];
  }
  // Two behaviours, two features: added, set to 0 and to 3.
  CHECK(found.size() == 2 * 2 * 3);
  for (const auto& [what, n] : found) CHECK(n == 1);
  int tasks = 0;
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* one = std::get_if<jobs::FeaturesTask>(&task.task)) {
      ++tasks;
      CHECK(one->features == std::vector<std::int32_t>{4, 9});
    }
    const auto* one = std::get_if<jobs::EvaluateTask>(&task.task);
    if (one == nullptr) continue;
    for (std::size_t v = 0; v < one->variants.size(); ++v) {
      if (operation_of(*one, v) != jobs::Operation::clamp) {
        CHECK(one->variants[v].clamped_to == 0);
      }
    }
  }
  CHECK(tasks == 1);
  // One more value, and one more feature, leave the cells that were there.
  std::string more = feature;
  more.replace(more.find("[9, 4]"), 6, "[9, 4, 5]");
  more.replace(more.find("[3, 0]"), 6, "[3, 0, 7]");
  CHECK(std::ranges::includes(cell_keys(plan_with("", more)), cell_keys(plan)));
  // Clamped alone, or not at all.
  const auto without = [&](const std::string& operation) {
    return plan_with("", feature +
                             "[[exclude]]\nvariant = \"feature\"\n"
                             "operation = \"" +
                             operation + "\"\n");
  };
  const auto rows = [](const Plan& of) { return of.tables.variants.size(); };
  CHECK(rows(without("add")) == rows(before) + 8);
  CHECK(rows(without("clamp")) == rows(before) + 4);
}

TEST_CASE("features that can't be steered with are refused",
          "[runner][variant_requests]") {
  CHECK_THROWS_WITH(
      plan_with("", "[[feature]]\nsae = \"toy-sae\"\nfeature = 100000\n"),
      Catch::Contains("100000 of toy-sae") && Catch::Contains("less than"));
}
