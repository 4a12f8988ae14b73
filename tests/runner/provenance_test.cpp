#include "runner/work/provenance.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "runner/sweep/sweep_text.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// A plan whose report singles out these layers, and nothing else.
Plan naming(const std::vector<std::int32_t>& layers) {
  Plan plan;
  plan.sweep.name = "x";
  plan.sweep.report.layers.values = layers;
  plan.sweep.effective = effective_text(plan.sweep);
  plan.tables.origin.sweep = plan.sweep.effective;
  return plan;
}

// The same once this run's directory has had its say.
Plan dated(const storage::RunDirectory& run, bool first_start, Plan plan) {
  date_choices(run, first_start, plan);
  CHECK(plan.tables.origin.sweep == plan.sweep.effective);
  const bool said =
      plan.sweep.effective.find("afterwards") != std::string::npos;
  CHECK(said == plan.sweep.report.layers.afterwards);
  return plan;
}

}  // namespace

TEST_CASE("what the first start named was named before there were data",
          "[runner][provenance]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  const Plan first = dated(run, true, naming({15}));
  CHECK(first.sweep.report.layers.beforehand());
  record_plan(run, first);
  CHECK(dated(run, false, naming({15})).sweep.report.layers.beforehand());
  const Plan other = dated(run, false, naming({10}));
  CHECK(other.sweep.report.layers.afterwards);
  CHECK(dated(run, false, naming({})).sweep.report.layers.values.empty());
  // A later start is not the first one.
  record_plan(run, other);
  CHECK(dated(run, false, naming({15})).sweep.report.layers.beforehand());
  CHECK(dated(run, false, naming({10})).sweep.report.layers.afterwards);
}

TEST_CASE("of a run that says nothing all is named afterwards",
          "[runner][provenance]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  // A run of an earlier version, or one whose run.json is lost or damaged.
  for (const char* text : {"{}", "no JSON", R"({"first_report": 7})",
                           R"({"first_report": {"layers": "15"}})"}) {
    INFO(text);
    tests::write_file(run.provenance(), text);
    CHECK(dated(run, false, naming({15})).sweep.report.layers.afterwards);
  }
  // What is then recorded as the first report has nothing of it.
  tests::write_file(run.provenance(), "{}");
  record_plan(run, dated(run, false, naming({15})));
  CHECK(dated(run, false, naming({15})).sweep.report.layers.afterwards);
}
