#include "runner/plan/own_vector_input.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "runner/plan/names.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep, with a vector of the user's own if it is told to.
struct Toy {
  Toy() {
    tests::write_toy_sweep(scratch.path());
    base = tests::read_file(scratch.file("sweep.toml"));
    write(1);
  }
  void write(float first) const {
    std::vector<float> values(32, 0.5F);
    values[0] = first;
    const auto vector =
        storage::make_array(std::span<const float>(values), {32});
    tests::write_file(
        scratch.file("v.safetensors"),
        storage::to_safetensors({{"layer_1", vector}, {"layer_2", vector}}));
  }
  Plan plan(const std::string& more = "", const Overrides& changes = {}) const {
    tests::write_file(scratch.file("sweep.toml"), base + more);
    return make_plan(read_sweep(scratch.file("sweep.toml"), "", changes));
  }

  tests::Scratch scratch;
  std::string base;
};

const std::string kMine = R"(
[[vector_file]]
name = "mine"
source = "v.safetensors"
)";

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

template <class Keys>
bool includes(const Keys& all, const Keys& some) {
  return std::ranges::includes(all, some);
}

std::size_t n_of(const Plan& plan, jobs::TaskKind kind) {
  return static_cast<std::size_t>(std::ranges::count_if(
      plan.tasks,
      [&](const PlannedTask& one) { return jobs::kind_of(one.task) == kind; }));
}

// How many variants of each kind a behaviour has.
std::map<std::int32_t, int> variants_of(const Plan& plan,
                                        std::int32_t behaviour) {
  std::map<std::int32_t, int> kinds;
  for (const auto& row : plan.tables.variants) {
    if (row.behaviour == behaviour) ++kinds[row.source];
  }
  return kinds;
}

}  // namespace

TEST_CASE("a vector of one's own leaves every task and cell of a sweep",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Plan without = toy.plan();
  const Plan with = toy.plan(kMine);
  CHECK(includes(task_keys(with), task_keys(without)));
  CHECK(includes(cell_keys(with), cell_keys(without)));
  CHECK(task_keys(with).size() == with.tasks.size());
  CHECK(cell_keys(with).size() == static_cast<std::size_t>(with.cells.count()));
  // The pairs are read once, and kept once.
  for (const auto kind :
       {jobs::kKindOf<jobs::ExtractTask>, jobs::kKindOf<jobs::StoreTask>,
        jobs::kKindOf<jobs::ObserveTask>, jobs::kKindOf<jobs::ActivityTask>,
        jobs::kKindOf<jobs::SignNullTask>}) {
    CHECK(n_of(with, kind) == n_of(without, kind));
  }
  CHECK(with.tables.norms.size() == without.tables.norms.size());
}

TEST_CASE("a vector of one's own is one more on each behaviour's items",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Plan plan = toy.plan(kMine);
  REQUIRE(plan.data.size() == 4);
  CHECK(plan.data[2].behaviour == "mine on words");
  CHECK(plan.data[3].behaviour == "mine on letters");
  CHECK(plan.tables.behaviours[2].name.str() == "mine on words");
  CHECK(plan.behaviours[2].test.size() == plan.behaviours[0].test.size());
  CHECK(plan.data[2].multipliers == plan.data[0].multipliers);
  int rows = 0;
  for (const auto& row : plan.tables.vectors) {
    if (row.behaviour < 2) continue;
    ++rows;
    CHECK(row.method == own_vector_method());
    CHECK(row.n_pairs == 0);
  }
  CHECK(rows == 4);
  const auto names = enumerations();
  const auto methods = std::ranges::find(
      names, "methods", [](const auto& one) { return one.first; });
  REQUIRE(methods != names.end());
  CHECK(methods->second[static_cast<std::size_t>(own_vector_method())]
            .name.str() == "own");
}

TEST_CASE("what is made of pairs is not made of a vector of one's own",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Plan plan = toy.plan(
      kMine, {{"vector.resample=2", "steer.resampled_methods=[\"encode\"]",
               R"(steer.variants=["original", "reconstruction", "random",)"
               R"("covariance", "other", "planted", "balanced", "letter"])",
               R"(decompose.controls={other=1, random=1})"},
              {}});
  using Source = jobs::VariantSource;
  const auto n = [&](std::int32_t behaviour, Source source) {
    auto kinds = variants_of(plan, behaviour);
    return kinds[static_cast<std::int32_t>(source)];
  };
  for (const Source source :
       {Source::balanced, Source::letter, Source::resampled}) {
    CHECK(n(1, source) > 0);
    CHECK(n(3, source) == 0);
  }
  for (const Source source :
       {Source::original, Source::random, Source::covariance, Source::planted,
        Source::other}) {
    CHECK(n(1, source) > 0);
    CHECK(n(3, source) == n(1, source));
  }
  // code-difference is of the pairs, whatever the vector.
  const std::int32_t of_pairs = method_id("code-difference");
  for (const auto& row : plan.tables.decompositions) {
    if (row.vector < 0) continue;
    const auto& vector =
        plan.tables.vectors[static_cast<std::size_t>(row.vector)];
    if (vector.behaviour < 2) continue;
    CHECK(row.method != of_pairs);
    CHECK(row.resample == -1);
    if (row.other < 0) continue;
    // No vector of one's own stands in, nor that of the same pairs.
    const auto other =
        plan.tables.vectors[static_cast<std::size_t>(row.other)].behaviour;
    CHECK(other == (vector.behaviour == 2 ? 1 : 0));
  }
}

TEST_CASE("the identity of a vector of one's own is its numbers",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Plan first = toy.plan(kMine);
  const auto digest = first.tables.behaviours[2].digest.str();
  CHECK(digest != first.tables.behaviours[0].digest.str());

  // Another name and file of the same numbers: the same cells.
  std::filesystem::copy(toy.scratch.file("v.safetensors"),
                        toy.scratch.file("copy"));
  const Plan renamed =
      toy.plan("[[vector_file]]\nname = \"other\"\nsource = \"copy\"\n");
  CHECK(cell_keys(renamed) == cell_keys(first));

  toy.write(2);
  const Plan second = toy.plan(kMine);
  CHECK(second.tables.behaviours[2].digest.str() != digest);
  std::vector<storage::Key> shared;
  std::ranges::set_intersection(cell_keys(first), cell_keys(second),
                                std::back_inserter(shared));
  CHECK(cell_keys(first).size() == cell_keys(second).size());
  CHECK(shared.size() == cell_keys(toy.plan()).size());
}

TEST_CASE("a vector of one's own needs no other vector beside it",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Plan alone = toy.plan(kMine, {{}, {"behaviour=mine on words"}});
  REQUIRE(alone.data.size() == 1);
  CHECK(alone.data[0].behaviour == "mine on words");
  CHECK(n_of(alone, jobs::kKindOf<jobs::ExtractTask>) > 0);
  CHECK(includes(cell_keys(toy.plan(kMine)), cell_keys(alone)));
  const Plan two = toy.plan(
      kMine +
          "behaviours = [\"words\"]\n[[vector_file]]\nname = \"second\"\n"
          "source = \"v.safetensors\"\nnorm = 2\nlayers = 2\n",
      {{}, {"behaviour=mine on words,second on words"}});
  CHECK(two.data.size() == 2);
  CHECK(task_keys(two).size() == two.tasks.size());
  CHECK(two.tables.vectors.size() == 3);

  CHECK_THAT(tests::error_of([&] {
               toy.plan(kMine, {{"steer.dose=[\"behaviour-mean\"]"},
                                {"behaviour=mine on words"}});
             }),
             Catch::Contains("behaviour-mean"));
  CHECK_THAT(tests::error_of([&] {
               toy.plan(kMine, {{}, {"behaviour=mine"}});
             }),
             Catch::Contains("mine on words"));
}

TEST_CASE("behaviours' mean length has no part of a vector of one's own",
          "[runner][own_vector_input]") {
  const Toy toy;
  const Overrides dose{{"steer.dose=[\"raw\", \"behaviour-mean\"]"}, {}};
  const Plan without = toy.plan("", dose);
  const Plan with = toy.plan(kMine, dose);
  CHECK(includes(task_keys(with), task_keys(without)));
  CHECK(includes(cell_keys(with), cell_keys(without)));
}

TEST_CASE("layers that act together are one variant, and noise of them is",
          "[runner][own_vector_input]") {
  const Toy toy;
  const std::string together = kMine + "behaviours = [\"words\"]\n";
  const Plan alone = toy.plan(together);
  const Plan plan = toy.plan(together + "act = \"together\"\n");
  REQUIRE(plan.data[2].behaviour == "mine on words");
  const auto of = [](const Plan& one) {
    std::vector<storage::VariantRow> rows;
    for (const auto& row : one.tables.variants) {
      if (row.behaviour == 2) rows.push_back(row);
    }
    return rows;
  };
  std::map<std::int32_t, int> kinds;
  for (const storage::VariantRow& row : of(plan)) {
    CHECK(row.together == 2);
    CHECK(row.layer == 1);
    ++kinds[row.source];
    const auto& first =
        plan.tables.vectors.at(static_cast<std::size_t>(row.vector));
    const auto& second =
        plan.tables.vectors.at(static_cast<std::size_t>(row.vector) + 1);
    CHECK(first.behaviour == 2);
    CHECK(first.layer == 1);
    CHECK(second.behaviour == 2);
    CHECK(second.layer == 2);
  }
  const auto number = [](jobs::VariantSource source) {
    return static_cast<std::int32_t>(source);
  };
  const std::map<std::int32_t, int> before = variants_of(alone, 2);
  // At the lower layer alone there is as much of either.
  for (const auto source :
       {jobs::VariantSource::original, jobs::VariantSource::random}) {
    CHECK(kinds[number(source)] * 2 == before.at(number(source)));
  }
  CHECK(kinds.count(number(jobs::VariantSource::reconstruction)) == 0);
  CHECK(kinds.count(number(jobs::VariantSource::other)) == 0);
  CHECK(before.count(number(jobs::VariantSource::other)) == 1);
  // The cells are others than those of layers that act alone, and the sweep's
  // own are as they were.
  const auto steered = [](const Plan& of_all) {
    std::set<storage::Key> keys;
    for (const auto& cell : of_all.cells.rows()) {
      if (is(cell.kind, storage::CellKind::propensity)) {
        keys.insert({cell.key_high, cell.key_low});
      }
    }
    return keys;
  };
  std::set<storage::Key> shared;
  std::ranges::set_intersection(steered(plan), steered(alone),
                                std::inserter(shared, shared.end()));
  CHECK(shared == steered(toy.plan()));
  CHECK(steered(plan).size() > shared.size());
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::EvaluateTask>(&task.task);
    if (one == nullptr) continue;
    for (const jobs::SteeredVariant& variant : one->variants) {
      if (variant.further.empty()) continue;
      REQUIRE(variant.further.size() == 1);
      CHECK(variant.layer == 1);
      CHECK(variant.further[0].layer == 2);
      CHECK(variant.further[0].row == variant.row + 1);
    }
  }
}

TEST_CASE("a filter leaves out what acts together, or has all of it",
          "[runner][own_vector_input]") {
  const Toy toy;
  const std::string text =
      kMine + "behaviours = [\"words\"]\nact = \"together\"\n";
  const Plan whole = toy.plan(text);
  const auto mine = [](const Plan& plan) {
    std::vector<storage::VariantRow> rows;
    for (const auto& row : plan.tables.variants) {
      if (row.together > 1) rows.push_back(row);
    }
    return rows;
  };
  for (const char* only : {"layer=1", "layer=2", "behaviour=mine on words"}) {
    INFO(only);
    const Plan some = toy.plan(text, {{}, {only}});
    CHECK(includes(cell_keys(whole), cell_keys(some)));
    CHECK(mine(some).empty() == (std::string(only) == "layer=2"));
    for (const auto& row : mine(some)) CHECK(row.together == 2);
  }
  // Layers that are steered one by one are others; noise is there all the same.
  const Plan above = toy.plan(text, {{"steer.layers=[2]"}, {}});
  CHECK(mine(above).size() > 1);
  for (const auto& row : mine(above)) CHECK(row.layer == 1);
  // The effective sweep says so.
  const Sweep sweep = read_sweep(toy.scratch.file("sweep.toml"), "");
  CHECK_THAT(sweep.effective, Catch::Contains("together"));
}

TEST_CASE("a sum of vectors is one more vector, of all their layers",
          "[runner][own_vector_input]") {
  const Toy toy;
  std::vector<float> second(32, -0.25F);
  second[1] = 3;
  tests::write_file(
      toy.scratch.file("w.safetensors"),
      storage::to_safetensors(
          {{"layer_2",
            storage::make_array(std::span<const float>(second), {32})}}));
  const std::string two = kMine +
                          "layer = 1\nbehaviours = [\"words\"]\n"
                          "[[vector_file]]\nname = \"other\"\n"
                          "source = \"w.safetensors\"\n"
                          "behaviours = [\"words\"]\n";
  const auto sum = [&](const std::string& more) {
    return two + "[[vector_file]]\nname = \"both\"\n" +
           "behaviours = [\"words\"]\n" + more;
  };
  const auto own_of = [](const Plan& plan, const std::string& name) {
    for (const auto& [behaviour, own] : plan.own_vectors) {
      if (own.entry == name) return own;
    }
    return PlannedOwnVector{};
  };
  const Plan plan =
      toy.plan(sum("sum = [\"mine\", \"other\"]\nweights = [2, -1]\n"
                   "act = \"together\"\n"));
  CHECK(includes(cell_keys(plan), cell_keys(toy.plan(two))));
  const PlannedOwnVector both = own_of(plan, "both");
  CHECK(both.together);
  CHECK(both.layers == std::vector<int>{1, 2});
  const auto& mine = own_of(plan, "mine").values;
  const auto& other = own_of(plan, "other").values;
  REQUIRE(both.values.size() == 64);
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(both.values[i] == 2 * mine[i] - other[i]);
  }
  // Without weights each is taken once; its effective sweep is the same.
  const Plan mean = toy.plan(sum("sum = [\"mine\", \"other\"]\n"));
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(own_of(mean, "both").values[i] == mine[i] + other[i]);
  }
  const Plan again = make_plan(
      parse_sweep(mean.sweep.effective, "again.toml", toy.scratch.path(), ""));
  CHECK(task_keys(again) == task_keys(mean));
  // Its length is its own; its layers may be fewer.
  const PlannedOwnVector one = own_of(
      toy.plan(sum("sum = [\"mine\", \"other\"]\nnorm = 5\nlayer = 2\n")),
      "both");
  CHECK(one.layers == std::vector<int>{2});
  double squares = 0;
  for (const double value : one.values) squares += value * value;
  CHECK(std::sqrt(squares) == Approx(5));
  // Either file is what it is made of.
  const auto digest_of = [&](const std::string& more) {
    return toy.plan(sum(more)).tables.behaviours.back().digest.str();
  };
  const std::string before = digest_of("sum = [\"mine\", \"other\"]\n");
  toy.write(4);
  CHECK(digest_of("sum = [\"mine\", \"other\"]\n") != before);

  const auto refused = [&](const std::string& more, const std::string& why) {
    INFO(more);
    CHECK_THROWS_WITH(toy.plan(sum(more)), Catch::Contains(why));
  };
  refused("sum = [\"mine\", \"othr\"]\n", "other");
  refused("sum = [\"mine\"]\n", "two or more");
  refused("sum = [\"mine\", \"mine\"]\n", "a value twice");
  refused("sum = [\"mine\", \"other\"]\nweights = [1e300, 1]\n",
          "beyond float32");
  refused("sum = [\"mine\", \"other\"]\nweights = [1]\n", "as sum has");
  refused("sum = [\"mine\", \"other\"]\nweights = [1, 0]\n", "another number");
  refused("sum = [\"mine\", \"other\"]\nsource = \"v.safetensors\"\n",
          "beside sum");
  refused("sum = [\"mine\", \"both\"]\n", "mine");
}

TEST_CASE("vectors that cancel make no sum", "[runner][own_vector_input]") {
  const Toy toy;
  const std::string again =
      "[[vector_file]]\nname = \"again\"\nsource = \"v.safetensors\"\n";
  CHECK_THROWS_WITH(
      toy.plan(kMine + again +
               "[[vector_file]]\nname = \"none\"\nsum = [\"mine\", "
               "\"again\"]\nweights = [1, -1]\n"),
      Catch::Contains("vector_file none, layer 1") &&
          Catch::Contains("a sum of 0"));
}
