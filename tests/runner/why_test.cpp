#include "runner/growth/why.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/grown_sweep.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Matchers::Contains;
using tests::GrownSweep;

namespace {

std::string why(GrownSweep& sweep, const CellChoice& choice) {
  const Plan plan = sweep.plan();
  const auto facts = facts_of(plan);
  return text_of(why_of(plan, facts, standings_of(plan, facts, sweep.journal()),
                        sweep.earlier(), choice));
}

CellChoice multiplier(double value) {
  CellChoice choice;
  choice.multipliers = {value};
  choice.behaviours = {"words"};
  return choice;
}

}  // namespace

TEST_CASE("a selector is one [only] a property", "[runner][why]") {
  CHECK(selectors_of("layer=14,15,method=encode") ==
        std::vector<std::string>{"layer=14,15", "method=encode"});
  CHECK(selectors_of("layer=14") == std::vector<std::string>{"layer=14"});
}

TEST_CASE("the field that made cells new is named with what there was",
          "[runner][why]") {
  GrownSweep sweep;
  sweep.edit("multipliers = [-2, 0, 2]", "multipliers = [-2, 0, 2, 4]");
  const std::string text = why(sweep, multiplier(4));
  // 20 items under 22 variants.
  CHECK_THAT(text, Contains("evaluate: 0 of 440 cells are there"));
  CHECK_THAT(text, Contains("new multiplier 4; earlier: -2, 0, 2"));
  CHECK_THAT(text, !Contains("have these cells in them"));
  const std::string old = why(sweep, multiplier(0));
  CHECK_THAT(old, Contains("new multiplier 4") &&
                      Contains("its tasks have these cells in them, too"));
  // Cells of the other behaviour are there.
  CellChoice others = multiplier(0);
  others.behaviours = {"letters"};
  CHECK_THAT(why(sweep, others),
             Contains("evaluate: 520 of 520 cells are there\n"));
}

TEST_CASE("cells of a new operation are told apart from those of the others",
          "[runner][why]") {
  GrownSweep sweep;
  sweep.edit("random = 2\n\n",
             "random = 2\noperations = [\"add\", \"rotate\"]\n\n");
  CHECK_THAT(sweep.text(), Contains("new operation rotate"));
  CHECK_THAT(sweep.text(), !Contains("operation add"));
  CellChoice choice = multiplier(2);
  choice.operations = {"rotate"};
  CHECK_THAT(why(sweep, choice),
             Contains("evaluate: 0 of 440 cells are there") &&
                 Contains("new operation rotate") &&
                 !Contains("have these cells in them"));
  choice.operations = {"add"};
  CHECK_THAT(why(sweep, choice),
             Contains("its tasks have these cells in them, too"));
}

TEST_CASE("a file's digest is told then and now", "[runner][why]") {
  GrownSweep sweep;
  const std::string before = sweep.plan().models[0].source.digest;
  std::ofstream(sweep.file("model.gguf"), std::ios::app | std::ios::binary)
      << "more";
  const std::string now = sweep.plan().models[0].source.digest;
  CellChoice layer;
  layer.layers = {1};
  CHECK_THAT(why(sweep, layer),
             Contains("SHA-256 of model toy was " + before + ", is " + now));
}

TEST_CASE("decompositions are cells of their method", "[runner][why]") {
  GrownSweep sweep;
  sweep.edit("\"encode\", \"omp:4\", \"anchored\"",
             "\"encode\", \"omp:4\", \"omp:8\", \"anchored\"");
  CellChoice method;
  method.methods = {"omp:8"};
  // The zero vector's, and of 2 behaviours and their 4 stand-ins each.
  CHECK_THAT(why(sweep, method),
             Contains("decompose: 0 of 11 cells are there") &&
                 Contains("new method omp:8; earlier: encode, omp:4"));
}

TEST_CASE("a reason has its count of tasks in JSON, too", "[runner][why]") {
  const std::vector<WhyStage> why{{jobs::kKindOf<jobs::EvaluateTask>,
                                   3,
                                   1,
                                   30,
                                   10,
                                   {{2, "new multiplier 7"}}}};
  const nlohmann::json json = to_json(why);
  REQUIRE(json.size() == 1);
  CHECK(json[0]["kind"] == "evaluate");
  CHECK(json[0]["tasks_there"] == 1);
  CHECK(json[0]["cells"] == 30);
  CHECK(json[0]["reasons"][0]["tasks"] == 2);
  CHECK(json[0]["reasons"][0]["reason"] == "new multiplier 7");
  CHECK(to_json(std::vector<WhyStage>()).empty());
}
