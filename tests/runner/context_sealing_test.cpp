#include "runner/stages/contexts_stage.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "runner/plan/names.hpp"
#include "runner/stages/activity_stage.hpp"
#include "runner/stages/contexts_stage.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/run/run_directory.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Sealed {
  tests::Scratch scratch;
  Plan plan;
  storage::Results results;

  explicit Sealed(const std::vector<std::string>& set) {
    tests::write_toy_sweep(scratch.file("sweep"));
    Overrides overrides;
    overrides.set = set;
    plan =
        make_plan(read_sweep(scratch.file("sweep/sweep.toml"), "", overrides));
    const storage::RunDirectory run(scratch.file("run"));
    tests::execute_plan(plan, run.path());
    results = storage::read_results(run.results());
  }

  // The reference text as its only task has it.
  const std::vector<std::vector<std::int32_t>>& texts() const {
    const auto& tasks = tests::stage_of<ActivityStage>(plan).tasks_of(
        RowOf<storage::ActivityRow>(0));
    return std::get<jobs::ActivityTask>(at(plan.tasks, tasks.front()).task)
        .texts;
  }
};

}  // namespace

TEST_CASE("features that tables name have contexts",
          "[runner][context_sealing]") {
  const Sealed sealed({"observe.contexts=3"});
  const storage::Results& results = sealed.results;
  REQUIRE(results.contexts.size() > 3);
  std::set<std::int32_t> named, seen;
  for (const storage::FeatureRow& row : results.features) {
    named.insert(row.feature);
  }
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    named.insert(row.feature);
  }
  for (const storage::ActiveFeatureRow& row : results.active_features) {
    named.insert(row.feature);
  }
  for (std::size_t i = 0; i < results.contexts.size(); ++i) {
    const storage::ContextRow& row = results.contexts[i];
    seen.insert(row.feature);
    CHECK(named.contains(row.feature));
    CHECK(row.value > 0);
    CHECK(row.position > 0);
    CHECK(row.rank < 3);
    if (row.rank > 0) {
      REQUIRE(i > 0);
      CHECK(results.contexts[i - 1].feature == row.feature);
      CHECK(results.contexts[i - 1].value >= row.value);
    }
    const auto& text = sealed.texts().at(static_cast<std::size_t>(row.text));
    const auto& tokenizer = *sealed.plan.models[0].header.tokenizer;
    const auto at = static_cast<std::size_t>(row.position);
    if (const std::string piece = tokenizer.piece(text.at(at)); piece != "\n") {
      CHECK(row.token.str() == piece);
    }
    CHECK(row.after.str().empty() == (at + 1 == text.size()));
  }
  // The first is where the feature's maximum over the text is.
  const auto offsets =
      storage::integers(results.arrays.at("feature_activity/offsets"));
  const auto most = storage::floats(results.arrays.at("feature_activity/max"));
  const auto without_first = static_cast<std::size_t>(offsets.at(1));
  for (const storage::ContextRow& row : results.contexts) {
    if (row.rank != 0) continue;
    CHECK(row.value ==
          most.at(without_first + static_cast<std::size_t>(row.feature)));
  }
  CHECK(seen.size() > 5);
}

TEST_CASE("without sinks there is one row more, and the others are as before",
          "[runner][context_sealing]") {
  const Sealed plain({});
  const Sealed without({"observe.exclude=sinks"});
  CHECK(plain.results.contexts.empty());
  REQUIRE(without.results.activity.size() == plain.results.activity.size() + 1);
  const auto rates = [](const Sealed& one, std::size_t n) {
    auto all = storage::floats(one.results.arrays.at("feature_activity/rate"));
    all.resize(n);
    return all;
  };
  CHECK(rates(plain, 128) == rates(without, 128));
  const storage::ActivityRow& row = without.results.activity[2];
  CHECK(row.excluded == static_cast<std::int32_t>(NormExclusion::sinks));
  // As the norms of the same layer say.
  const auto norms = std::ranges::find_if(
      without.results.norms, [&](const storage::NormRow& one) {
        return one.behaviour < 0 && one.layer == 2 &&
               one.excluded == row.excluded;
      });
  REQUIRE(norms != without.results.norms.end());
  CHECK(row.tokens == norms->count);
}

TEST_CASE("texts with byte pieces are sealed anew, others not",
          "[runner][context_sealing]") {
  Plan plan;
  plan.sweep.observe.contexts = 1;
  PlannedModel& model = plan.models.emplace_back();
  model.header.tokenizer =
      jobs::read_folder_tokenizer(COXSWAIN_SOURCE_DIR
                                  "/tests/data/sentencepiece/bpe")
          .tokenizer;
  jobs::ActivityTask task;
  const auto with = [&](const std::string& text) {
    std::vector<std::int32_t> ids;
    for (const jobs::Token& token : model.header.tokenizer->encode(text)) {
      ids.push_back(token.id);
    }
    task.texts = {ids};
    plan.tasks.clear();
    plan.tasks.emplace_back().task = task;
    return shows_byte_pieces(plan);
  };
  CHECK_FALSE(with("<s> plain words"));
  CHECK(with("a line\n"));
  const std::string contents = contents_of(plan, {});
  plan.sweep.observe.contexts = 0;
  CHECK_FALSE(shows_byte_pieces(plan));
  CHECK(contents_of(plan, {}) != contents);
}
