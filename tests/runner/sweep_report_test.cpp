#include "runner/sweep/sweep_report.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using analysis::ReportChoices;
using tests::parse;

namespace {

// Two layers, two methods, parts and noise, and these lines of [report].
std::string sweep(const std::string& report) {
  return tests::replaced("[steer]\nlayers = [2]", R"([[sae]]
id = "s"
source = "s"
layer = 2
[decompose]
methods = ["encode", "omp"]
[report]
)" + report + R"(
[steer]
variants = ["original", "reconstruction", "balanced", "random"]
methods = ["encode", "omp"]
parts = ["all", "first:16"]
layers = [1, 2])");
}

ReportChoices choices(const std::string& report) {
  return parse(sweep(report)).report;
}

std::string refused(const std::string& report) {
  return tests::refusal(sweep(report));
}

// What results with these things refuse, or how they were changed.
ReportChoices changed(const ReportChoices& sealed, const std::string& set) {
  return changed_choices(
      sealed, {set},
      {{1, 2}, {"encode", "omp:32"}, {"reconstruction"}, {"random"}});
}

std::string not_changed(const std::string& set) {
  try {
    changed({}, set);
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::bad_sweep);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a sweep says what its report singles out",
          "[runner][sweep_report]") {
  const ReportChoices all = choices(R"(layers = [2, 1]
methods = "omp"
contrasts = ["reconstruction", "first:16", "balanced"]
rows = ["reconstruction", "noise", "random"]
columns = ["retained", "slope"]
digits = 2
afterwards = ["methods"])");
  CHECK(all.layers.values == std::vector<std::int32_t>{2, 1});
  CHECK(all.layers.beforehand());
  CHECK(all.methods.values == std::vector<std::string>{"omp:32"});
  CHECK(all.methods.afterwards);
  CHECK(all.contrasts.values ==
        std::vector<std::string>{"reconstruction", "first:16", "balanced"});
  CHECK(all.rows ==
        std::vector<std::string>{"reconstruction", "noise", "random"});
  CHECK(all.columns == std::vector<std::string>{"retained", "slope"});
  CHECK(all.decimals == 2);
  CHECK(choices("layers = 2").layers.values == std::vector<std::int32_t>{2});
  CHECK(choices("layers = { from = 1, to = 2 }").layers.values.size() == 2);
  CHECK(choices("rows = 8").most_rows == 8);
  CHECK(choices("") == ReportChoices{});
}

TEST_CASE("what a report can't single out is refused",
          "[runner][sweep_report]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"layers = [3]",
       "s.toml:17: report.layers: 3, expected of the layers that are steered, "
       "1, 2"},
      {"layers = \"all\"", "report.layers"},
      {"methods = [\"anchored\"]", "\"anchored\", expected one of encode, omp"},
      {"methods = [\"guess\"]", "guess"},
      {"methods = [\"omp\", \"omp:32\"]", "\"omp:32\" twice"},
      {"contrasts = [\"random\"]",
       "\"random\", expected one of balanced, first:16, reconstruction"},
      {"contrasts = [\"positive\"]", "\"positive\", expected one of"},
      {"rows = [\"original\"]",
       "expected one of balanced, first:16, noise, random, reconstruction"},
      {"rows = [\"shuffled\"]", "report.rows: \"shuffled\""},
      {"rows = 13", "13, expected an integer from 4 to 12"},
      {"rows = 3", "3, expected an integer from 4 to 12"},
      {"columns = [\"slopes\"]", "expected one of slope, retained, answer"},
      {"columns = [\"p\", \"p\"]", "a value twice"},
      {"digits = 7", "an integer from 0 to 6"},
      {"digits = \"2\"", "report.digits: a string"},
      {"afterwards = [\"layers\"]", "expected keys that [report] has"},
      {"afterwards = [\"rows\"]", "one of layers, methods, contrasts"},
      {"layer = 1", "did you mean report.layers?"},
      {"layers = []", "an empty array"},
  };
  for (const auto& [lines, expected] : cases) {
    INFO(lines);
    CHECK_THAT(refused(lines), Catch::Contains(expected));
  }
  CHECK_THAT(tests::refusal(R"(name = "x"
[vector]
from = "f"
layers = [2]
[report]
digits = 2
[[sae]]
id = "s"
source = "s"
layer = 2
)"),
             Catch::Contains("none, with [vector] from"));
}

TEST_CASE("choices are text of the sweep, and no part of what is computed",
          "[runner][sweep_report]") {
  const Sweep without = parse(sweep(""));
  CHECK(without.effective == computed_text(without));
  CHECK_THAT(without.effective, !Catch::Contains("report"));
  for (const char* lines :
       {"layers = [1]", "methods = [\"omp\"]\nafterwards = [\"methods\"]",
        "rows = 8\ncolumns = [\"slope\"]\ndigits = 0",
        "rows = [\"noise\"]\ncontrasts = [\"first:16\"]"}) {
    INFO(lines);
    const Sweep with = parse(sweep(lines));
    CHECK(computed_text(with) == without.effective);
    CHECK(with.effective == without.effective + report_text(with.report));
    CHECK(with.effective != without.effective);
    CHECK(parse(with.effective).effective == with.effective);
    CHECK(sealed_choices(with.effective) == with.report);
  }
  CHECK(report_text({}).empty());
  CHECK(sealed_choices("no TOML [") == ReportChoices{});
  CHECK(sealed_choices("[report]\nof_another_version = 1") == ReportChoices{});
  CHECK(sealed_choices(without.effective) == ReportChoices{});
}

TEST_CASE("the command line changes the choices that results were sealed with",
          "[runner][sweep_report]") {
  ReportChoices sealed;
  sealed.layers.values = {1, 2};
  sealed.decimals = 3;
  // How the table looks is changed without consequences.
  const ReportChoices looks = changed(sealed, "report.digits=1");
  CHECK(looks.decimals == 1);
  CHECK(looks.layers == sealed.layers);
  // The same layers in another order are no other choice.
  CHECK(changed(sealed, "report.layers=[2, 1]").layers.beforehand());
  CHECK(changed(sealed, "report.layers=[2]").layers.afterwards);
  CHECK(changed(sealed, "report.methods=omp").methods.afterwards);
  CHECK(changed(sealed, "report.methods=omp").layers.beforehand());
  CHECK(changed({}, "report.contrasts=[\"reconstruction\"]")
            .contrasts.afterwards);
  // What is picked stays picked, and can be given back.
  sealed.layers = {{2}, true};
  CHECK(changed(sealed, "report.layers=[2]").layers.afterwards);
  CHECK(changed(sealed, "report.digits=1").layers.afterwards);
  CHECK(changed(sealed, "report.rows=4").most_rows == 4);
  CHECK(changed_choices(sealed, {}, {}) == sealed);
}

TEST_CASE("the command line can't name what results have not",
          "[runner][sweep_report]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"report.layers=[3]", "--set"},
      {"report.layers=[3]", "report.layers: 3, expected of the layers"},
      {"report.methods=anchored", "expected one of encode, omp:32"},
      {"report.rows=[\"shuffled\"]", "noise, random, reconstruction"},
      {"report.layer=1", "did you mean report.layers?"},
      {"steer.random=2", "unknown key"},
      {"digits", "expected KEY=VALUE"},
  };
  for (const auto& [set, expected] : cases) {
    INFO(set);
    CHECK_THAT(not_changed(set), Catch::Contains(expected));
  }
}

TEST_CASE("what was not named at first is picked afterwards",
          "[runner][sweep_report]") {
  ReportChoices first, now;
  first.layers.values = {2};
  first.methods.values = {"encode"};
  now = first;
  mark_afterwards(first, now);
  CHECK(now == first);
  now.layers.values = {1};
  now.contrasts.values = {"reconstruction"};
  now.methods.values.clear();
  mark_afterwards(first, now);
  CHECK(now.layers.afterwards);
  CHECK(now.contrasts.afterwards);
  // The report's own rule picks nothing.
  CHECK_FALSE(now.methods.afterwards);
}
