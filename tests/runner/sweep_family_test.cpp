#include "runner/sweep/sweep_family.hpp"

#include <catch2/catch.hpp>

#include "runner/sweep/sweep_file.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::parse;
using tests::refusal;
using tests::replaced;

namespace {

std::string with_sae(const std::string& table) {
  return replaced("[vector]", "[[sae]]\n" + table + "\n[vector]");
}

std::vector<std::string> ids(const Sweep& sweep) {
  std::vector<std::string> ids;
  for (const SaeEntry& sae : sweep.saes) ids.push_back(sae.id);
  return ids;
}

}  // namespace

TEST_CASE("a family has an SAE for each combination, the last key fastest",
          "[runner][sweep_family]") {
  const Sweep sweep = parse(with_sae(R"(
source = "hf:g/scope//layer_{layer}/width_{width}/canonical/l0_{l0}/params.npz"
layer = { from = 1, to = 2 }
width = ["16k"]
l0 = [23, 43]
fit = "any")"));
  CHECK(ids(sweep) ==
        std::vector<std::string>{"layer_1_width_16k_canonical_l0_23",
                                 "layer_1_width_16k_canonical_l0_43",
                                 "layer_2_width_16k_canonical_l0_23",
                                 "layer_2_width_16k_canonical_l0_43"});
  CHECK(sweep.saes[1].source ==
        "hf:g/scope//layer_1/width_16k/canonical/l0_43/params.npz");
  CHECK(sweep.saes[2].layer == 2);
  CHECK(sweep.saes[3].any_fit);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("ids can be templates, and placeholders can be keys of their own",
          "[runner][sweep_family]") {
  const Sweep sweep = parse(with_sae(R"(
id = "top{k}-{layer}"
source = "saes/{layer}/{k}"
layers = "all"
k = [8, 16])"));
  CHECK(ids(sweep) ==
        std::vector<std::string>{"top8-1", "top16-1", "top8-2", "top16-2"});
  CHECK(sweep.saes[1].options.k == 16);
  CHECK(sweep.saes[1].source == "saes/1/16");
}

TEST_CASE("one value fills a template, too, and doubled braces are braces",
          "[runner][sweep_family]") {
  const Sweep sweep =
      parse(with_sae("id = \"s\"\nsource = \"{{saes}}/{layer}\"\nlayers = 2"));
  CHECK(sweep.saes[0].source == "{saes}/2");
  CHECK(sweep.saes[0].layer == 2);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("behaviours are a family by their names", "[runner][sweep_family]") {
  const Sweep sweep = parse(
      replaced("behaviour = \"b\"\nsource = \"b.jsonl\"",
               "behaviour = [\"a\", \"b\"]\nsource = \"d/{behaviour}.jsonl\""));
  REQUIRE(sweep.data.size() == 2);
  CHECK(sweep.data[1].behaviour == "b");
  CHECK(sweep.data[1].source == "d/b.jsonl");
}

TEST_CASE("families that can't be meant are refused",
          "[runner][sweep_family]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"source = \"{layer}/{width}\"\nlayer = 1",
       "{width} without a key, expected a key width"},
      {"id = \"s\"\nsource = \"s\"\nlayer = 1\nwidth = [1, 2]",
       "s.toml:12: sae.width: an array, expected one value, or {width}"},
      {"id = \"s\"\nsource = \"s\"\nlayer = [1, 2]", "{layer} in the source"},
      {"id = \"s\"\nsource = \"s\"\nlayer = \"all\"", "{layer} in the source"},
      {"id = \"s\"\nsource = \"s\"\nlayer = 1\nwidth = 2", "unknown key"},
      {"id = \"s\"\nsource = \"{layer}\"\nlayer = [1, 2]", "\"s\" twice"},
      {"source = \"{layer\"\nlayer = 1", "placeholder} closed"},
      {"source = \"layer}\"\nlayer = 1", "placeholder} closed"},
      {"source = \"{}\"\nlayer = 1", "placeholder} closed"},
      {"source = \"{a{b}}\"\nlayer = 1", "placeholder} closed"},
      {"source = \"{layer}\"\nlayer = []", "an empty array"},
      {"source = \"{layer}/{w}\"\nlayer = 1\nw = [\"{layer}\"]",
       "values without braces"},
      {"source = \"{layer}/{w}\"\nlayer = 1\nw = [\"a b\"]", "sae.id"},
      {"source = \"{layer}/{w}\"\nlayer = 1\nw = [1.5]", "a number"},
      {"source = \"{layer}/{w}\"\nlayer = 1\nw = [1, \"2\"]", "a string"},
      {"source = \"{layer}\"\nlayer = [1, -2]", "s.toml:10: sae.layer: -2"},
      {"source = \"{layer}\"\nlayer = 1\nlayers = [2]", "one of the two"},
      {"source = \"{layer}/{a}/{b}\"\nlayer = 1\n"
       "a = { from = 1, to = 1000 }\nb = { from = 1, to = 1000 }",
       "at most 100000"},
  };
  for (const auto& [table, expected] : cases) {
    INFO(table);
    CHECK_THAT(refusal(with_sae(table)), Catch::Contains(expected));
  }
}

TEST_CASE("members whose files are missing are left out on request, and said",
          "[runner][sweep_family]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("1"), "");
  const std::string family = "source = \"{layer}\"\nlayer = [1, 2]\n";
  const auto read = [&](const std::string& text) {
    return parse_sweep(text, "s.toml", scratch.path(), "");
  };
  CHECK(read(with_sae(family)).saes.size() == 2);  // refused when it is planned
  const Sweep sweep = read(with_sae(family + "missing = \"skip\""));
  CHECK(ids(sweep) == std::vector<std::string>{"1"});
  REQUIRE(sweep.notes.size() == 1);
  CHECK_THAT(sweep.notes[0], Catch::Contains("SAE 2 is left out"));
  CHECK(read(sweep.effective).effective == sweep.effective);
  CHECK_THROWS_WITH(
      read(
          with_sae("source = \"no/{layer}\"\nlayer = [1]\nmissing = \"skip\"")),
      Catch::Contains("expected one that is there"));
}
