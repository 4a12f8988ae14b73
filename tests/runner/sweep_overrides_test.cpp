#include "runner/sweep/sweep_overrides.hpp"

#include <catch2/catch.hpp>

#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::kMinimalSweep;
using tests::parse;
using tests::refusal;

namespace {

Sweep with(const std::vector<std::string>& set) {
  return parse(tests::replaced("[vector]", R"([[sae]]
source = "saes/{layer}"
layer = [1, 2]
[vector]
)"),
               {set, {}});
}

}  // namespace

TEST_CASE("the command line goes over the sweep file",
          "[runner][sweep_overrides]") {
  const Sweep sweep =
      with({"steer.multipliers=[-1,0,1]", "name=other", "data.b.test_items=3",
            "sae.2.k=32", "model.m.source=models/a-b.gguf",
            "decompose.controls.random=2", "numerics.compute=bfloat16"});
  CHECK(sweep.steer.multipliers == std::vector<double>{-1, 0, 1});
  CHECK(sweep.steer.layers == std::vector<int>{2});
  CHECK(sweep.name == "other");
  CHECK(sweep.data[0].test_items == 3);
  CHECK(sweep.saes[0].options.k == 0);
  CHECK(sweep.saes[1].options.k == 32);
  CHECK(sweep.models[0].source == "models/a-b.gguf");
  CHECK(sweep.decompose.controls.at(0).count == 2);
  CHECK(sweep.compute == jobs::ComputeType::bfloat16);
}

TEST_CASE("a range gives way whole to what the command line says",
          "[runner][sweep_overrides]") {
  CHECK(with({"steer.multipliers={from=0,to=2,step=1}"}).steer.multipliers ==
        std::vector<double>{0, 1, 2});
}

TEST_CASE("the command line adds tables to an array, or empties it",
          "[runner][sweep_overrides]") {
  const std::string text =
      tests::replaced("[vector]", "[[exclude]]\nlayer = 1\n[vector]");
  const auto count = [&](const std::string& option) {
    return parse(text, {{option}, {}}).exclusions.size();
  };
  CHECK(count("exclude=[{layer=2}, {multiplier=1}]") == 3);
  CHECK(count("exclude=[]") == 0);
}

TEST_CASE("filters can be said in lists and again",
          "[runner][sweep_overrides]") {
  const Sweep sweep =
      parse(kMinimalSweep, {{}, {"layer=1", "layer=2", "behaviour=b"}});
  CHECK(sweep.only.layers == std::vector<int>{1, 2});
  CHECK(sweep.only.behaviours == std::vector<std::string>{"b"});
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("what the command line gets wrong is refused with its words",
          "[runner][sweep_overrides]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"steer.multplier=3",
       "--set steer.multplier=3: steer.multplier: unknown "
       "key; did you mean steer.multipliers?"},
      {"stear.random=3", "unknown key"},
      {"steer.random", "expected KEY=VALUE"},
      {"=3", "expected KEY=VALUE"},
      {"steer.random=two", "steer.random: a string"},
      {"steer.random=0", "--set steer.random=0: steer.random: 0"},
      {"steer.multipliers=[1,", "expected a TOML value"},
      {"steer..random=1", "expected a key"},
      {"a b=1", "expected a key"},
      {"sae.s.k=1", "no [[sae]] s"},
      {"data.c.test_items=1", "no [[data]] c, expected one such as b"},
      {"#name=1", "expected KEY=VALUE"},
      {"data={}", "data: a table, expected [[data]] tables"},
      {"data.b=1", "expected data.NAME.KEY=VALUE"},
      {"data.b.layer=1", "data.layer: unknown key"},
      {"name=1\nseed=2", "expected KEY=VALUE"},
  };
  for (const auto& [option, expected] : cases) {
    INFO(option);
    CHECK_THAT(refusal(kMinimalSweep, {{option}, {}}),
               Catch::Contains(expected));
  }
  CHECK_THAT(
      refusal(kMinimalSweep, {{}, {"layer=3"}}),
      Catch::Contains("--only layer=3: only.layer: 3, expected of 1, 2"));
  CHECK_THAT(refusal(kMinimalSweep, {{}, {"layer=1,"}}),
             Catch::Contains("an empty value"));
  CHECK_THAT(refusal(kMinimalSweep, {{}, {"layers=1"}}),
             Catch::Contains("did you mean only.layer?"));
}
