#include "runner/plan/plan.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>

#include "runner/base/exit_code.hpp"
#include "runner/plan/names.hpp"
#include "runner/stages/activations_stage.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan() const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  }
  void edit(const std::string& from, const std::string& to) const {
    std::string text = tests::read_file(scratch.file("sweep.toml"));
    text.replace(text.find(from), from.size(), to);
    tests::write_file(scratch.file("sweep.toml"), text);
  }
  tests::Scratch scratch;
};

std::size_t n_cells(const Plan& plan) {
  return static_cast<std::size_t>(plan.cells.count());
}

std::set<storage::Key> cell_keys(const Plan& plan) {
  std::set<storage::Key> keys;
  for (const auto& cell : plan.cells.rows()) {
    keys.insert({cell.key_high, cell.key_low});
  }
  return keys;
}

// Of what a behaviour's own vector is made into: one a behaviour.
std::vector<const jobs::VariantsTask*> own_variants(const Plan& plan) {
  std::vector<const jobs::VariantsTask*> own;
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::VariantsTask>(&task.task);
    if (one != nullptr &&
        one->requests.front().source == jobs::VariantSource::original) {
      own.push_back(one);
    }
  }
  return own;
}

std::size_t shared(const Plan& a, const Plan& b) {
  const auto other = cell_keys(b);
  std::size_t n = 0;
  for (const auto& key : cell_keys(a)) n += other.count(key);
  return n;
}

}  // namespace

TEST_CASE("a plan has every cell once", "[runner][plan]") {
  const Toy toy;
  const Plan plan = toy.plan();
  CHECK(plan.tables.vectors.size() == 4);  // 2 behaviours x 2 layers
  // The zero vector by the two methods that need no activations; each behaviour
  // by encode and anchored at 3 scales, omp and code-difference; its 4
  // stand-ins by all but the last.
  CHECK(plan.tables.decompositions.size() == 2 + 2 * 8 + 2 * 4 * 3);
  // words: original, 2 each of 3 random kinds and the other behaviour's at both
  // layers; at layer 2 two methods by two parts, and of the zero vector;
  // letters: a planted vector of either sign rule at both layers more.
  CHECK(plan.tables.variants.size() == 22 + 26);
  CHECK(tests::blank_results(plan).propensity.size() ==
        20 * 22 * 3 + 20 * 26 * 5);
  CHECK(cell_keys(plan).size() == n_cells(plan));
  // Two behaviours have code differences and activations; the text norms at two
  // layers; the SAE's features are looked at on the text and on both. Letters
  // alone have clusters enough to exchange x+ and x-.
  CHECK(n_cells(plan) == 4 + 42 + 2 +
                             tests::blank_results(plan).propensity.size() + 2 +
                             2 + 3 + 1);
  CHECK(
      tests::stage_of<ActivationsStage>(plan).places().at(1).set.rows.size() ==
      2 * 20);
}

TEST_CASE("tasks depend only on earlier tasks", "[runner][plan]") {
  const Plan plan = Toy().plan();
  std::set<storage::Key> keys;
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    for (const TaskIndex input : plan.tasks[i].inputs) {
      CHECK(input.number() < i);
    }
    keys.insert(plan.tasks[i].key);
  }
  CHECK(keys.size() == plan.tasks.size());
}

TEST_CASE("a plan is a function of its files", "[runner][plan]") {
  const Toy here, elsewhere;
  const Plan a = here.plan(), b = elsewhere.plan();
  REQUIRE(a.tasks.size() == b.tasks.size());
  for (std::size_t i = 0; i < a.tasks.size(); ++i) {
    CHECK(a.tasks[i].key == b.tasks[i].key);
  }
  CHECK(shared(a, b) == n_cells(a));
}

TEST_CASE("a grown sweep finds its old cells again", "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("{ from = -1, to = 1, step = 0.5 }",
           "{ from = -2, to = 2, step = 0.5 }");
  const Plan wider = toy.plan();
  CHECK(n_cells(wider) > n_cells(before));
  CHECK(shared(before, wider) == n_cells(before));
  toy.edit("random = 2", "random = 3");
  CHECK(shared(before, toy.plan()) == n_cells(before));
}

TEST_CASE("what a report singles out changes no cell and no task",
          "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("[vector]",
           "[report]\nlayers = [2]\nmethods = [\"omp:4\"]\nrows = 6\n"
           "contrasts = [\"reconstruction\"]\ndigits = 2\n\n[vector]");
  const Plan after = toy.plan();
  CHECK(n_cells(after) == n_cells(before));
  CHECK(shared(before, after) == n_cells(before));
  REQUIRE(after.tasks.size() == before.tasks.size());
  for (std::size_t i = 0; i < after.tasks.size(); ++i) {
    CHECK(after.tasks[i].key == before.tasks[i].key);
  }
  const storage::ResultsOrigin& origin = after.tables.origin;
  CHECK(origin.sweep_digest == before.tables.origin.sweep_digest);
  CHECK(origin.sweep.starts_with(before.tables.origin.sweep));
  CHECK_THAT(origin.sweep, Catch::Contains("[report]"));
}

TEST_CASE("cells of another model, SAE or numeric policy are others",
          "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  std::string model = tests::read_file(toy.scratch.file("model.gguf"));
  model.back() = static_cast<char>(model.back() ^ 1);
  const std::string good = tests::read_file(toy.scratch.file("model.gguf"));
  tests::write_file(toy.scratch.file("model.gguf"), model);
  // Only the zero vector's decompositions know no model.
  CHECK(shared(before, toy.plan()) == 2);
  tests::write_file(toy.scratch.file("model.gguf"), good);
  CHECK(shared(before, toy.plan()) == n_cells(before));
  toy.edit("[vector]", "[numerics]\nthreads = 2\n\n[vector]");
  CHECK(shared(before, toy.plan()) == 0);
}

TEST_CASE("an SAE of another width than the model is refused",
          "[runner][plan]") {
  const Toy toy;
  tests::write_toy_sae(toy.scratch.file("sae"), 31, 64);
  try {
    toy.plan();
    FAIL("not refused");
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::bad_sae);
    CHECK_THAT(error.what(), Catch::Contains("d_in: 31, expected 32"));
  }
}

TEST_CASE("an SAE that was trained elsewhere is refused", "[runner][plan]") {
  const Toy toy;
  std::string config = tests::read_file(toy.scratch.file("sae/cfg.json"));
  const std::string version = "\"sae_lens_version\"";
  config.replace(config.find(version), version.size(),
                 "\"hook_name\": \"blocks.1.hook_resid_post\", " + version);
  tests::write_file(toy.scratch.file("sae/cfg.json"), config);
  CHECK_THROWS_WITH(toy.plan(),
                    Catch::Contains("hook_name: blocks.1.hook_resid_post") &&
                        Catch::Contains("blocks.2.hook_resid_post"));
}

TEST_CASE("a variant that no item can have makes no task", "[runner][plan]") {
  const Toy toy;
  toy.edit(
      "\"original\", \"reconstruction\", \"zero-reconstruction\", "
      "\"random\",\n            \"covariance\", \"shuffled\", \"other\", "
      "\"planted\"",
      "\"planted\"");
  const Plan plan = toy.plan();
  // Words have no letters to plant: only the letters' two layers are steered,
  // with the sign of the matching letter and without.
  CHECK(plan.tables.variants.size() == 4);
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* one = std::get_if<jobs::VariantsTask>(&task.task)) {
      CHECK(one->requests.size() == 4);
    }
  }
}

TEST_CASE("where an item is steered does not change what a vector is read from",
          "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("[steer]", "[steer]\npositions = \"answer_only\"");
  const Plan after = toy.plan();
  std::set<storage::Key> keys;
  for (const PlannedTask& task : before.tasks) keys.insert(task.key);
  int steered_anew = 0;
  for (const PlannedTask& task : after.tasks) {
    if (jobs::kind_of(task.task) == jobs::kKindOf<jobs::EvaluateTask>) {
      steered_anew += keys.contains(task.key) ? 0 : 1;
    } else {
      CHECK(keys.contains(task.key));
    }
  }
  CHECK(steered_anew > 0);
}

TEST_CASE("a stand-in is the same vector for every SAE and for steering",
          "[runner][plan]") {
  const Plan plan = Toy().plan();
  std::set<storage::Key> steered, decomposed;
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* one = std::get_if<jobs::VariantsTask>(&task.task)) {
      CHECK(task.input_bulk == InputBulk::wanted);
      for (const auto& request : one->requests) {
        if (request.source == jobs::VariantSource::shuffled) {
          steered.insert(request.random_key);
        }
      }
    }
    if (const auto* one = std::get_if<jobs::DecomposeTask>(&task.task)) {
      const bool zero = one->vectors.front().control == jobs::Control::zero;
      CHECK(one->n_extracts.size() == (zero ? 0U : 1U));
      for (const auto& request : one->vectors) {
        if (request.control == jobs::Control::shuffled) {
          decomposed.insert(request.key);
        }
      }
    }
  }
  CHECK(steered.size() == 8);  // 2 behaviours, 2 layers, 2 seeds
  REQUIRE(decomposed.size() == 2);
  for (const auto& key : decomposed) CHECK(steered.contains(key));
}

TEST_CASE("a transcoder has no vectors of the residual stream to take apart",
          "[runner][plan]") {
  const Toy toy;
  std::string config = tests::read_file(toy.scratch.file("sae/cfg.json"));
  config.replace(config.find("\"jumprelu\""), 10, "\"jumprelu_transcoder\"");
  config.replace(config.find("\"apply_b_dec_to_input\": true"), 28,
                 "\"apply_b_dec_to_input\": false");
  tests::write_file(toy.scratch.file("sae/cfg.json"), config);
  CHECK_THROWS_WITH(toy.plan(), Catch::Contains("transcoder"));
}

TEST_CASE("a method's number is its row of names/methods", "[runner][plan]") {
  const auto tables = enumerations();
  const auto methods = std::ranges::find(
      tables, "methods",
      [](const auto& one) -> const auto& { return one.first; });
  REQUIRE(methods != tables.end());
  CHECK(method_id("encode") == 1);
  for (const storage::NameRow& row : methods->second) {
    CHECK(method_id(row.name.str()) == row.id);
  }
}

TEST_CASE("resampled vectors of grouped data are others where groups are",
          "[runner][plan]") {
  const Toy toy;
  toy.edit("[vector]\n", "[vector]\nresample = 3\n");
  toy.edit("split = \"line\"", "split = \"line\"\ngroup = \"topic\"");
  // What else is drawn by clusters.
  toy.edit("shuffled = 1, ", "");
  toy.edit("\"shuffled\", ", "");
  toy.edit("differences = 20\n", "differences = 20\nsign_shuffles = 0\n");
  const std::string lines = tests::read_file(toy.scratch.file("words.jsonl"));
  const auto grouped = [&](int lines_of_a_topic) {
    std::string text;
    int line = 0;
    for (const char c : lines) {
      text += c;
      // Every line is one object without others inside.
      if (c == '{') {
        text += "\"topic\": " + std::to_string(line++ / lines_of_a_topic) + ",";
      }
    }
    tests::write_file(toy.scratch.file("words.jsonl"), text);
    return toy.plan();
  };
  const Plan plan = grouped(2), other = grouped(3), again = grouped(2);
  CHECK(shared(plan, again) == n_cells(plan));
  // Each resample's cells at both layers: its items under its multipliers.
  const auto& behaviour = plan.behaviours.front();
  const std::size_t items = behaviour.test.size();
  REQUIRE(items > 0);
  const std::size_t differ = n_cells(plan) - shared(plan, other);
  CHECK(differ > 0);
  CHECK(differ % (2 * 3 * items) == 0);
}

TEST_CASE("resampled vectors stand beside the original at each steered layer",
          "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("[vector]\n", "[vector]\nresample = 3\n");
  const Plan plan = toy.plan();
  CHECK(plan.tables.variants.size() ==
        before.tables.variants.size() + 2 * 2 * 3);
  // All that was there is there.
  CHECK(shared(before, plan) == n_cells(before));
  for (const jobs::VariantsTask* one : own_variants(plan)) {
    std::set<std::int32_t> clusters, strata;
    for (const jobs::PairCluster& pair : one->clusters) {
      clusters.insert(pair.cluster);
      strata.insert(pair.stratum);
    }
    // The words have one pair of words; 20 letters, by the one that matches.
    CHECK(one->clusters.size() == 20);
    CHECK(clusters.size() == (strata.size() == 1 ? 1 : 20));
  }
}

TEST_CASE("exchanged signs are a task of their own, which no other waits for",
          "[runner][plan]") {
  const Toy toy;
  const Plan plan = toy.plan();
  toy.edit("differences = 20\n", "differences = 20\nsign_shuffles = 0\n");
  const Plan without = toy.plan();
  std::set<storage::Key> keys;
  for (const PlannedTask& task : without.tasks) keys.insert(task.key);
  std::size_t more = 0;
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::SignNullTask>(&task.task);
    // All others are what they are without.
    CHECK((keys.count(task.key) == 0) == (one != nullptr));
    if (one == nullptr) continue;
    ++more;
    // The words are one cluster, and left out.
    REQUIRE(one->shuffles.size() == 1);
    CHECK(one->shuffles[0].clusters.size() == 20);
    CHECK(one->n_shuffles == 1000);
    CHECK(one->n_differences == 20);
    CHECK(task.inputs.size() ==
          1 + static_cast<std::size_t>(one->n_extracts.at(0)));
  }
  CHECK(more == 1);
  CHECK(shared(without, plan) == n_cells(without));
  CHECK(n_cells(plan) == n_cells(without) + 1);
}

TEST_CASE("labels are shuffled by clusters, in steering and by SAEs alike",
          "[runner][plan]") {
  const Toy toy;
  const auto clusters = [&](const Plan& plan) {
    std::vector<std::vector<jobs::PairCluster>> steered, decomposed;
    for (const jobs::VariantsTask* one : own_variants(plan)) {
      steered.push_back(one->clusters);
    }
    for (const PlannedTask& task : plan.tasks) {
      if (const auto* one = std::get_if<jobs::DecomposeTask>(&task.task)) {
        decomposed.insert(decomposed.end(), one->clusters.begin(),
                          one->clusters.end());
      }
    }
    return std::pair(steered, decomposed);
  };
  const auto [steered, decomposed] = clusters(toy.plan());
  REQUIRE(steered.size() == 2);
  CHECK(steered[0].size() == 20);
  CHECK(steered == decomposed);
  // Where nothing is drawn by them they are in no task, nor in its key.
  toy.edit("shuffled = 1, ", "");
  toy.edit("\"shuffled\", ", "");
  const auto [none, nothing] = clusters(toy.plan());
  CHECK(none == std::vector<std::vector<jobs::PairCluster>>(2));
  CHECK(nothing.empty());
}

TEST_CASE("noise has seeds and layers of its own", "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("random = 2\n",
           "random = 2\nnoise = { random = 5, shuffled-stretched = { seeds = "
           "3, layers = [2] } }\n");
  const Plan plan = toy.plan();
  std::map<std::tuple<int, int, int>, int> n;  // source, norm rule, layer
  for (const storage::VariantRow& row : plan.tables.variants) {
    if (row.behaviour == 0 && row.seed >= 0) {
      n[{row.source, row.norm_rule, row.layer}] += 1;
    }
  }
  const int equal = static_cast<int>(jobs::NormRule::equal);
  const int as_is = static_cast<int>(jobs::NormRule::as_is);
  const auto number = [](jobs::VariantSource source) {
    return static_cast<int>(source);
  };
  const int shuffled = number(jobs::VariantSource::shuffled);
  for (const int layer : {1, 2}) {
    CHECK(n[{number(jobs::VariantSource::random), equal, layer}] == 5);
    CHECK(n[{number(jobs::VariantSource::covariance), equal, layer}] == 2);
    CHECK(n[{shuffled, as_is, layer}] == 2);
    CHECK(n[{shuffled, equal, layer}] == (layer == 2 ? 3 : 0));
  }
  // More seeds of what was there, and all that was there.
  CHECK(shared(before, plan) == n_cells(before));
  CHECK(cell_keys(plan).size() == n_cells(plan));
}

TEST_CASE("a norm rule is for what is rebuilt alone", "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("random = 2\n", "random = 2\nnorm = [\"equal\", \"as-is\"]\n");
  // Two methods by two parts and of the zero vector, of two behaviours.
  CHECK(toy.plan().tables.variants.size() ==
        before.tables.variants.size() + 2 * 6);
}

TEST_CASE("counterbalanced letters are a cluster of two orders",
          "[runner][plan]") {
  const Toy toy;
  toy.edit("behaviour = \"letters\"\n",
           "behaviour = \"letters\"\nletters = \"counterbalanced\"\n");
  toy.edit("[vector]\n", "[vector]\nresample = 1\n");
  const Plan plan = toy.plan();
  CHECK(plan.behaviours[1].train.size() == 40);
  CHECK(plan.behaviours[1].test.size() == 40);
  const storage::ItemRow& last = plan.tables.items.back();
  const storage::ItemRow& before = *(plan.tables.items.end() - 2);
  CHECK(last.cluster == before.cluster);
  CHECK(last.option_order == 1);
  CHECK(before.option_order == 0);
  CHECK(last.matching_letter.str() != before.matching_letter.str());
  for (const PlannedTask& task : plan.tasks) {
    const auto* one = std::get_if<jobs::VariantsTask>(&task.task);
    if (one == nullptr || one->clusters.size() != 40) continue;
    std::set<std::int32_t> clusters, strata;
    for (const jobs::PairCluster& pair : one->clusters) {
      clusters.insert(pair.cluster);
      strata.insert(pair.stratum);
    }
    CHECK(clusters.size() == 20);
    CHECK(strata.size() == 1);
  }
  toy.edit("behaviour = \"words\"\n",
           "behaviour = \"words\"\nletters = \"counterbalanced\"\n");
  CHECK_THROWS_WITH(toy.plan(), Catch::Contains("words.jsonl") &&
                                    Catch::Contains("(A) and (B)"));
}

TEST_CASE("each dose rule has every variant, each a cell of its own",
          "[runner][plan]") {
  const Toy toy;
  const Plan before = toy.plan();
  toy.edit("random = 2\n\n",
           "random = 2\ndose = [\"raw\", \"behaviour-mean\", "
           "\"residual-fraction\"]\n\n");
  const Plan plan = toy.plan();
  CHECK(plan.tables.variants.size() == 3 * before.tables.variants.size());
  CHECK(cell_keys(plan).size() == n_cells(plan));
  CHECK(shared(before, plan) == n_cells(before));
}

TEST_CASE("a balanced vector needs both letters", "[runner][plan]") {
  const Toy toy;
  toy.edit("\"planted\"", "\"balanced\", \"letter\"");
  const Plan plan = toy.plan();
  std::size_t n = 0;
  for (const storage::VariantRow& row : plan.tables.variants) {
    if (row.source < static_cast<int>(jobs::VariantSource::balanced)) continue;
    CHECK(row.behaviour == 1);
    ++n;
  }
  CHECK(n == 4);  // the two at both layers
}
