#include "runner/work/known_work.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <set>

#include "jobs/executor/executor.hpp"
#include "jobs/task/made_of.hpp"
#include "jobs/task/result_slices.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/variants_result.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/in_process.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// What a start of a small plan did.
struct Counts {
  std::size_t variants = 0, evaluations = 0;
  std::int64_t cells = 0;
};

// Makes vectors of the tokens that requests name, and answers of vectors, items
// and multipliers, each cell by itself. Counts what it computes.
class Answering : public jobs::Executor {
 public:
  Answering(Counts& counts, std::set<std::int32_t> failing)
      : counts_(counts), failing_(std::move(failing)) {}

  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override {
    jobs::TaskResult result;
    if (const auto* variants = std::get_if<jobs::VariantsTask>(&task)) {
      make(*variants, result);
    } else {
      answer(std::get<jobs::EvaluateTask>(task), inputs, result);
    }
    return result;
  }
  std::string numerics() const override { return "a test's"; }

 private:
  void make(const jobs::VariantsTask& task, jobs::TaskResult& result) {
    std::vector<float> vectors;
    for (const jobs::VariantRequest& request : task.requests) {
      if (failing_.contains(request.token_a)) {
        result.reason = "no such luck";
        result.kind = storage::FailureKind::input;  // tried once
        return;
      }
      vectors.push_back(static_cast<float>(request.token_a));
    }
    ++counts_.variants;
    put(result.output.result, jobs::variants_result::kVectors, vectors,
        {std::ssize(vectors), 1});
    result.ok = true;
  }

  void answer(const jobs::EvaluateTask& task,
              const std::vector<storage::ArrayMap>& inputs,
              jobs::TaskResult& result) {
    ++counts_.evaluations;
    jobs::EvaluatedCells cells(task);
    std::vector<std::int64_t> known(cells.size());
    if (inputs.back().contains(jobs::evaluate_result::kKnown.name)) {
      known = storage::integers(
          inputs.back().at(jobs::evaluate_result::kKnown.name));
      const jobs::CellReader read(inputs.back(), cells.size(), task.letter_mass,
                                  "known");
      for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i] != 0) read.copy(i, cells, i);
      }
    }
    for (std::size_t item = 0; item < task.items.size(); ++item) {
      for (std::size_t v = 0; v < task.variants.size(); ++v) {
        const auto& from =
            inputs.at(static_cast<std::size_t>(task.variants[v].input));
        if (from.empty()) continue;
        const float vector =
            storage::floats(from.at(jobs::variants_result::kVectors.name))
                .at(static_cast<std::size_t>(task.variants[v].row));
        for (std::size_t m = 0; m < task.multipliers.size(); ++m) {
          const std::size_t cell = cells.cell(item, v, m);
          if (known.at(cell) != 0) continue;
          ++counts_.cells;
          const auto token = static_cast<float>(task.items[item].token_match);
          cells.put(cell,
                    {vector, static_cast<float>(task.multipliers[m]), token});
        }
      }
    }
    result.output.result = cells.result();
    result.ok = true;
  }

  Counts& counts_;
  std::set<std::int32_t> failing_;
};

// Two variants tasks, with vectors that are their tokens, and one evaluation.
struct Small {
  std::vector<std::int32_t> first{1, 2}, second{3};
  std::vector<std::int32_t> items{10, 20, 30};
  std::vector<double> multipliers{-1, 1};
  bool letter_mass = true;
  std::vector<jobs::Operation> operations = {};

  Plan plan() const {
    Plan plan;
    plan.sweep.name = "small";
    jobs::EvaluateTask evaluate;
    evaluate.model.digest = "model";
    evaluate.multipliers = multipliers;
    evaluate.letter_mass = letter_mass;
    evaluate.operations = operations;
    for (const std::int32_t item : items) {
      jobs::ContrastTokens tokens;
      tokens.token_match = item;
      evaluate.items.push_back(tokens);
    }
    for (const auto* tokens : {&first, &second}) {
      jobs::VariantsTask task;
      for (const std::int32_t token : *tokens) {
        jobs::VariantRequest request;
        request.token_a = token;
        evaluate.variants.push_back(
            {static_cast<std::int32_t>(plan.tasks.size()),
             static_cast<std::int32_t>(task.requests.size()), 1,
             jobs::SignRule::fixed});
        request.source = jobs::VariantSource::planted;
        task.requests.push_back(request);
      }
      add(plan, task, {});
    }
    add(plan, evaluate, {TaskIndex(0), TaskIndex(1)});
    return plan;
  }

  static void add(Plan& plan, const jobs::Task& task,
                  const std::vector<TaskIndex>& inputs) {
    PlannedTask planned;
    planned.task = task;
    planned.inputs = inputs;
    std::vector<storage::Key> keys;
    for (const TaskIndex input : inputs) {
      keys.push_back(at(plan.tasks, input).key);
    }
    planned.key = jobs::key_of(task, keys, plan.sweep.threads);
    planned.flops = 1;
    plan.tasks.push_back(std::move(planned));
  }
};

struct Runs {
  Counts start(const Small& small, std::set<std::int32_t> failing = {},
               const std::string& out = "run") {
    Counts counts;
    ended = tests::start_in_process(
        small.plan(), storage::RunDirectory(scratch.file(out)),
        [&](int) { return std::make_unique<Answering>(counts, failing); });
    return counts;
  }
  // The evaluation's bytes are those of a run from scratch.
  bool as_fresh(const Small& small) {
    const storage::Key key = small.plan().tasks.back().key;
    const storage::Commit grown = ended.state.commits.at(key);
    start(small, {}, "fresh" + std::to_string(++fresh));
    const storage::Commit& whole = ended.state.commits.at(key);
    return grown.result == whole.result &&
           grown.content.all == whole.content.all &&
           grown.content.grid == whole.content.grid;
  }

  tests::Scratch scratch;
  tests::Ended ended;
  int fresh = 0;
};

}  // namespace

TEST_CASE("an evaluation computes the cells that no other has",
          "[runner][known_work]") {
  Runs runs;
  Small small;
  CHECK(runs.start(small).cells == 3 * 3 * 2);
  CHECK(runs.start(small).cells == 0);  // it is done
  SECTION("an item more") {
    small.items.insert(small.items.begin(), 40);
    CHECK(runs.start(small).cells == 1 * 3 * 2);
  }
  SECTION("a variant more, in a task of more requests") {
    small.first = {1, 7, 2};
    CHECK(runs.start(small).cells == 3 * 1 * 2);
  }
  SECTION("a multiplier more") {
    small.multipliers = {-1, 0.5, 1};
    CHECK(runs.start(small).cells == 3 * 3 * 1);
  }
  SECTION("another operation of one of them") {
    small.operations = {jobs::Operation::add, jobs::Operation::rotate,
                        jobs::Operation::add};
    CHECK(runs.start(small).cells == 3 * 1 * 2);
  }
  SECTION("all of it at once") {
    small.items.push_back(40);
    small.second = {3, 4};
    small.multipliers = {1, 2};
    CHECK(runs.start(small).cells == 4 * 4 * 2 - 3 * 3 * 1);
  }
  SECTION("in another order") {
    small.items = {30, 10};
    small.first = {2, 1};
    small.multipliers = {1, -1};
    const Counts counts = runs.start(small);
    CHECK(counts.evaluations == 0);
    CHECK(counts.variants == 1);
    const storage::Commit& commit =
        runs.ended.state.commits.at(small.plan().tasks.back().key);
    CHECK(commit.reused());
  }
  SECTION("without the sums over the vocabulary") {
    small.letter_mass = false;
    CHECK(runs.start(small).evaluations == 0);
  }
  CHECK(runs.ended.quarantined == 0);
  CHECK(runs.as_fresh(small));
}

TEST_CASE("sums over the vocabulary are not in results without them",
          "[runner][known_work]") {
  Runs runs;
  Small small;
  small.letter_mass = false;
  runs.start(small);
  small.letter_mass = true;
  CHECK(runs.start(small).cells == 3 * 3 * 2);
}

TEST_CASE("a vector that can't be made costs its own cells, once",
          "[runner][known_work]") {
  Runs runs;
  const Small small;
  const auto failed = runs.start(small, {3});
  CHECK(failed.cells == 3 * 2 * 2);
  CHECK(runs.ended.quarantined == 2);
  CHECK(runs.ended.complete);
  const storage::Key key = small.plan().tasks.back().key;
  CHECK_FALSE(runs.ended.state.commits.contains(key));
  CHECK(runs.ended.state.quarantined.contains(key));
  const storage::Commit& part = runs.ended.state.commits.at(partial_key(key));
  CHECK(part.content.grid.variants.at(0) != storage::Key{});
  CHECK(part.content.grid.variants.at(2) == storage::Key{});
  // It fails again: what there was is there, and is not written again.
  const auto size = runs.ended.state.commits.size();
  const auto again = runs.start(small, {3});
  CHECK(again.evaluations == 0);
  CHECK(runs.ended.quarantined == 2);
  CHECK(runs.ended.state.commits.size() == size);
  // It does not: the rest is computed.
  const auto healed = runs.start(small);
  CHECK(healed.cells == 3 * 1 * 2);
  CHECK(healed.variants == 1);
  CHECK(runs.ended.quarantined == 0);
  CHECK(runs.as_fresh(small));
}

TEST_CASE("without any vector there is no evaluation", "[runner][known_work]") {
  Runs runs;
  const auto counts = runs.start(Small{}, {1, 3});
  CHECK(counts.evaluations == 0);
  CHECK(runs.ended.quarantined == 3);
  CHECK(runs.ended.complete);
}

TEST_CASE("what a run will compute is known before it runs",
          "[runner][known_work]") {
  Runs runs;
  Small small;
  runs.start(small);
  const auto outlook = [&] {
    return look_ahead(small.plan(), runs.ended.state);
  };
  for (const TaskOutlook& one : outlook()) {
    CHECK(one.outlook == Outlook::done);
  }
  small.items.push_back(40);
  CHECK(outlook().back().outlook == Outlook::computed);
  CHECK(outlook().back().cells == 4 * 3 * 2);
  CHECK(outlook().back().cells_known == 3 * 3 * 2);
  CHECK(outlook().back().cells_open == 0);
  small.items.pop_back();
  small.multipliers = {1};
  CHECK(outlook().back().outlook == Outlook::reused);
  small.second.push_back(4);
  // Its task is computed, and with it a vector that is known; until then
  // nobody knows.
  const auto grown = outlook();
  CHECK(grown.at(1).outlook == Outlook::computed);
  CHECK(grown.back().outlook == Outlook::unknown);
  CHECK(grown.back().cells_known == 3 * 2 * 1);
  CHECK(grown.back().cells_open == 3 * 2 * 1);
  const ReuseCount all = count(grown);
  CHECK(all.tasks == 3);
  CHECK(all.done == 1);
  CHECK(all.computed == 1);
  CHECK(all.unknown == 1);
  CHECK(all.cells == 3 * 4 * 1);
}
