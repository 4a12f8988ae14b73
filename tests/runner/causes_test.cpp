#include "runner/growth/causes.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runner/growth/growth.hpp"
#include "tests/support/grown_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Matchers::Contains;
using tests::GrownSweep;

namespace {

// The line of a stage; empty: nothing of it is computed.
std::string line_of(const std::string& text, const std::string& kind) {
  const std::size_t start = text.find("\n  " + kind + " ");
  if (start == std::string::npos) return "";
  return text.substr(start + 3, text.find('\n', start + 1) - start - 3);
}

}  // namespace

TEST_CASE("of a sweep that did not grow all is there", "[runner][causes]") {
  const GrownSweep sweep;
  const Growth growth = sweep.growth();
  CHECK(growth.there == growth.tasks);
  CHECK(growth.to_compute() == 0);
  CHECK(sweep.text() == std::to_string(growth.tasks) + " of " +
                            std::to_string(growth.tasks) +
                            " tasks are there\n");
}

TEST_CASE("multipliers are new to the evaluations of their behaviour alone",
          "[runner][causes]") {
  const GrownSweep sweep;
  sweep.edit("multipliers = [-2, 0, 2]", "multipliers = [-2, 0, 2, 3.5, 4]");
  const std::string text = sweep.text();
  CHECK_THAT(line_of(text, "evaluate"),
             Contains(" tasks: 2 new multipliers (3.5, 4)"));
  for (const char* kind : {"extract", "vector", "decompose", "variants"}) {
    CHECK(line_of(text, kind).empty());
  }
  // Some evaluations are of the other behaviour.
  const Growth growth = sweep.growth();
  for (const StageGrowth& stage : growth.stages) {
    if (stage.kind != jobs::kKindOf<jobs::EvaluateTask>) continue;
    CHECK(stage.to_compute > 0);
    CHECK(stage.to_compute < stage.tasks);
  }
}

TEST_CASE("what is left out again is named", "[runner][causes]") {
  const GrownSweep sweep;
  sweep.edit("multipliers = [-2, 0, 2]", "multipliers = [0, 2]");
  CHECK_THAT(line_of(sweep.text(), "evaluate"),
             Contains(": without multiplier -2"));
}

TEST_CASE("a setting is told with both its values", "[runner][causes]") {
  const GrownSweep sweep;
  sweep.edit("differences = 20", "differences = 20\ntop = 6");
  const std::string text = sweep.text();
  CHECK_THAT(line_of(text, "decompose"), Contains("top 5 -> 6"));
  // What is made of it inherits the reason, what is not does not.
  CHECK_THAT(line_of(text, "variants"), Contains("top 5 -> 6"));
  CHECK_THAT(line_of(text, "evaluate"), Contains("top 5 -> 6"));
  CHECK(line_of(text, "extract").empty());
}

TEST_CASE("methods, controls, seeds and variants are named by what is new",
          "[runner][causes]") {
  GrownSweep sweep;
  SECTION("a method") {
    sweep.edit("\"encode\", \"omp:4\", \"anchored\"",
               "\"encode\", \"omp:4\", \"omp:8\", \"anchored\"");
    CHECK_THAT(line_of(sweep.text(), "decompose"),
               Contains("new method omp:8"));
  }
  SECTION("controls") {
    sweep.edit("sparse = 2", "sparse = 4");
    CHECK_THAT(line_of(sweep.text(), "decompose"),
               Contains("2 new controls (sparse 2, sparse 3)"));
  }
  SECTION("seeds") {
    sweep.edit("random = 2\n", "random = 3\n");
    CHECK_THAT(line_of(sweep.text(), "variants"), Contains("new seeds (") &&
                                                      Contains("random 2") &&
                                                      !Contains("random 1"));
  }
  SECTION("a variant") {
    sweep.edit("\"planted\"]", "\"planted\", \"balanced\"]");
    CHECK_THAT(line_of(sweep.text(), "variants"),
               Contains("new variant balanced"));
  }
  SECTION("positions") {
    sweep.edit("[steer]", "[steer]\npositions = \"all\"");
    const std::string text = sweep.text();
    CHECK_THAT(line_of(text, "evaluate"),
               Contains("positions from_last_prompt_token -> all"));
    CHECK_THAT(line_of(text, "evaluate"), !Contains("item"));
    CHECK(line_of(text, "extract").empty());
  }
  SECTION("threads") {
    sweep.edit("[vector]", "[numerics]\nthreads = 2\n[vector]");
    const std::string text = sweep.text();
    CHECK_THAT(line_of(text, "extract"), Contains("threads 1 -> 2"));
    // Some of these read the model, and others don't.
    CHECK_THAT(line_of(text, "activity"), Contains("threads 1 -> 2"));
    CHECK_THAT(text, !Contains("was not read"));
  }
}

TEST_CASE("appended items are counted, whatever their order",
          "[runner][causes]") {
  const GrownSweep sweep;
  std::ofstream(sweep.file("words.jsonl"), std::ios::app)
      << R"({"question": "the last one was", "answer_matching_behavior": "+",)"
      << R"( "answer_not_matching_behavior": "-"})" << '\n';
  sweep.edit("train_items = 20", "train_items = 21");
  const std::string text = sweep.text();
  CHECK_THAT(line_of(text, "extract"),
             Contains("1 new training pair of words"));
  CHECK_THAT(line_of(text, "vector"), Contains("1 new training pair of words"));
  CHECK_THAT(line_of(text, "vector"), !Contains("letters"));
}

TEST_CASE("a file that changed is told of whatever reads it",
          "[runner][causes]") {
  const GrownSweep sweep;
  // Bytes behind the tensors, which no reader looks at.
  std::ofstream(sweep.file("model.gguf"), std::ios::app | std::ios::binary)
      << "more";
  const std::string text = sweep.text();
  for (const char* kind : {"extract", "vector", "decompose", "evaluate"}) {
    CHECK_THAT(line_of(text, kind), Contains("file of model toy changed"));
  }
  CHECK_THAT(line_of(text, "decompose"), !Contains("SAE toy-sae changed"));
}

TEST_CASE("a new behaviour is named once", "[runner][causes]") {
  const GrownSweep sweep;
  std::filesystem::copy_file(sweep.file("words.jsonl"),
                             sweep.file("others.jsonl"));
  sweep.edit("[vector]",
             "[[data]]\nbehaviour = \"others\"\nsource = \"others.jsonl\"\n"
             "split = \"line\"\ntest_items = 10\n[vector]");
  const std::string text = sweep.text();
  CHECK_THAT(line_of(text, "extract"), Contains(": new behaviour others"));
  CHECK_THAT(line_of(text, "extract"), !Contains("pair"));
  CHECK_THAT(line_of(text, "decompose"), Contains("new behaviour others"));
}

TEST_CASE("what was only not computed yet is no growth", "[runner][causes]") {
  GrownSweep sweep;
  const Plan plan = sweep.plan();
  sweep.journal().commits.erase(plan.tasks.back().key);
  const std::size_t n = plan.tasks.size();
  CHECK(sweep.text() == std::to_string(n - 1) + " of " + std::to_string(n) +
                            " tasks are there\n");
  sweep.journal().quarantined[plan.tasks.back().key].task =
      plan.tasks.back().key;
  CHECK_THAT(sweep.text(), Contains("given up before, tried again"));
  sweep.journal().quarantined.clear();
  sweep.earlier().noted = false;
  CHECK_THAT(sweep.text(), Contains("or of other files or an older program"));
}

TEST_CASE("another version of a kind of tasks is another program",
          "[runner][causes]") {
  GrownSweep sweep;
  for (auto& [subject, facts] : sweep.earlier().inputs.groups) {
    if (subject.kind != "vector") continue;
    facts["version"] = {};
    facts["version"].add("1");
  }
  for (const PlannedTask& task : sweep.plan().tasks) {
    if (jobs::kind_of(task.task) == jobs::kKindOf<jobs::VectorTask>) {
      sweep.journal().commits.erase(task.key);
    }
  }
  CHECK_THAT(line_of(sweep.text(), "vector"),
             Contains("the program is another one (vector of version 2, was "
                      "1)"));
}

TEST_CASE("of files that were not read nothing is claimed",
          "[runner][causes]") {
  const GrownSweep sweep;
  const Plan plan =
      make_plan(read_sweep(sweep.file("sweep.toml"), ""), *stand_in_digests());
  std::set<std::string> unread;
  for (const PlannedModel& model : plan.models) {
    unread.insert(model.source.digest);
  }
  for (const PlannedSae& sae : plan.saes) unread.insert(sae.source.digest);
  const auto facts = facts_of(plan, unread);
  const auto states = standings_of(plan, facts, {});
  Earlier earlier;
  earlier.inputs = inputs_of(sweep.plan(), facts_of(sweep.plan()));
  const std::string text =
      text_of(growth_of(plan, facts, states, earlier, "run"));
  CHECK_THAT(text, Contains("depend on bytes not known yet"));
  CHECK_THAT(line_of(text, "extract"),
             Contains("at most ") &&
                 Contains("file of model toy was not read since it changed"));
}
