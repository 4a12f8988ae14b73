#include "runner/sweep/sweep_choices.hpp"

#include <catch2/catch.hpp>

#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::parse;
using tests::refusal;
using tests::replaced;

TEST_CASE("exclusions hold one value or several of each property",
          "[runner][sweep_choices]") {
  const Sweep sweep = parse(replaced("[steer]", R"([decompose]
methods = ["encode", "omp"]
[[exclude]]
layer = 1
method = "omp"
[[exclude]]
multiplier = [-1, 1]
variant = "original"
behaviour = ["b"]
model = "m"
[only]
layer = { from = 1, to = 2 }
[steer])"));
  REQUIRE(sweep.exclusions.size() == 2);
  CHECK(sweep.exclusions[0].layers == std::vector<int>{1});
  CHECK(sweep.exclusions[0].methods == std::vector<std::string>{"omp:32"});
  CHECK(sweep.exclusions[1].multipliers == std::vector<double>{-1, 1});
  CHECK(sweep.only.layers == std::vector<int>{1, 2});
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("exclusions name operations", "[runner][sweep_choices]") {
  const Sweep sweep = parse(replaced("[steer]", R"([only]
operation = ["add", "rotate"]
[[exclude]]
operation = "rotate"
multiplier = [-1, 1]
[steer]
operations = ["add", "rotate", "project-out"])"));
  CHECK(sweep.only.operations == std::vector<std::string>{"add", "rotate"});
  CHECK(sweep.exclusions.at(0).operations ==
        std::vector<std::string>{"rotate"});
  CHECK(parse(sweep.effective).effective == sweep.effective);
  CHECK_THAT(sweep.effective, Catch::Contains("operation = [ 'rotate' ]"));
}

TEST_CASE("exclusions of what a sweep does not have are refused",
          "[runner][sweep_choices]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"layer = 3", "s.toml:11: exclude.layer: 3, expected of 1, 2"},
      {"multiplier = 3", "exclude.multiplier: 3, expected of -1, -0.5"},
      {"behaviour = \"c\"", "\"c\", expected one of b"},
      {"sae = \"s\"", "the sweep has no such thing"},
      {"variant = \"random\"", "expected one of original"},
      {"operation = \"rotate\"", "\"rotate\", expected one of add"},
      {"method = \"omp\"", "\"omp:32\", expected one of encode"},
      {"method = \"guess\"", "guess"},
      {"model = \"it\"", "expected one of m"},
      {"layers = 1", "did you mean exclude.layer?"},
      {"layer = []", "an empty array"},
      {"", "a table without keys"},
  };
  for (const auto& [key, expected] : cases) {
    INFO(key);
    CHECK_THAT(
        refusal(replaced("[steer]", "[[exclude]]\n" + key + "\n[steer]")),
        Catch::Contains(expected));
  }
}

TEST_CASE("exclusions name noise and resampled vectors as sweeps spell them",
          "[runner][sweep_choices]") {
  const auto sweep = [](const std::string& variant) {
    return replaced(
        "[steer]",
        "resample = 2\ntrain_clusters = [3]\n[[exclude]]\nvariant = \"" +
            variant +
            "\"\n[steer]\n"
            "variants = [\"original\", \"shuffled\"]\n"
            "noise = { shuffled-stretched = 2 }");
  };
  for (const char* name :
       {"original", "shuffled", "shuffled-stretched", "resampled", "subset"}) {
    CHECK(parse(sweep(name)).exclusions.at(0).variants ==
          std::vector<std::string>{name});
  }
  CHECK_THAT(refusal(sweep("random")),
             Catch::Contains("one of original, resampled, shuffled, "
                             "shuffled-stretched, subset"));
}
