#include "runner/sweep_file.hpp"

#include <catch2/catch.hpp>

#include "runner/exit_code.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

constexpr const char* kMinimal = R"(name = "x"
[[model]]
id = "m"
source = "m.gguf"
[[data]]
behaviour = "b"
source = "b.jsonl"
[vector]
layers = [1, 2]
[steer]
layers = [2]
multipliers = { from = -1, to = 1, step = 0.5 }
)";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kMinimal;
  text.replace(text.find(from), from.size(), to);
  return text;
}

Sweep parse(const std::string& text) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("s.toml"), text);
  return read_sweep(scratch.file("s.toml"), "");
}

std::string refusal(const std::string& text) {
  try {
    parse(text);
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::bad_sweep);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("what a sweep leaves out has its documented default",
          "[runner][sweep_file]") {
  const Sweep sweep = parse(kMinimal);
  CHECK(sweep.threads == 1);
  CHECK(sweep.compute == jobs::ComputeType::float32);
  CHECK(sweep.data[0].test_items == 50);
  CHECK(sweep.data[0].chat_template == "plain");
  CHECK(sweep.data[0].multipliers == std::vector<double>{-1, -0.5, 0, 0.5, 1});
  CHECK(sweep.steer.variants == std::vector{jobs::VariantSource::original});
  CHECK_FALSE(sweep.keep_activations);
}

TEST_CASE("the effective sweep reads back as itself", "[runner][sweep_file]") {
  const Sweep sweep = parse(kMinimal);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("SAEs, decompositions and parts read back as themselves",
          "[runner][sweep_file]") {
  std::string text = replaced("[steer]", R"([[sae]]
id = "s"
source = "sae"
layer = 2
format = "gemma-scope"
k = 8
input_scale = 0.5
decoder_norms = "folded"
b_dec_input = ["subtract", "keep"]
fit = "any"
[decompose]
methods = ["encode", "omp", "lasso:0.25", "nnls", "nnls:24", "ridge:0"]
b_dec_output = [true, false]
controls = { zero = 1, covariance = 3, sparse = 4, decoder-row = 5 }
planted_atoms = 6
differences = 7
[steer]
variants = ["original", "reconstruction"]
methods = ["omp:32", "nnls"]
parts = ["all", "flipped", "first:4", "atom:0", "without:2"]
norm = ["as-is", "equal"])");
  const Sweep sweep = parse(text);
  CHECK(sweep.saes[0].options.format == "gemma-scope");
  CHECK(sweep.saes[0].options.decoder_norms == jobs::DecoderNorms::folded);
  CHECK(sweep.saes[0].b_dec_input ==
        std::vector{BDecInput::subtract, BDecInput::keep});
  CHECK(sweep.saes[0].any_fit);
  CHECK(sweep.decompose.methods[1].parameter == 32);  // what omp has usually
  CHECK(sweep.decompose.methods[3].parameter == 0);   // all atoms
  CHECK(sweep.decompose.controls[1].control == jobs::Control::sparse);
  CHECK(sweep.decompose.controls[1].count == 4);
  CHECK(sweep.steer.methods.size() == 2);
  CHECK(sweep.steer.parts[2].k == 4);
  CHECK(sweep.steer.parts[3].part == jobs::Part::atom);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("a range reaches round numbers exactly", "[runner][sweep_file]") {
  const Sweep sweep = parse(replaced("{ from = -1, to = 1, step = 0.5 }",
                                     "{ from = -0.3, to = 0.3, step = 0.1 }"));
  CHECK(sweep.steer.multipliers ==
        std::vector<double>{-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3});
}

TEST_CASE("a typo is named with its line and the nearest key",
          "[runner][sweep_file]") {
  CHECK_THAT(refusal(replaced("multipliers", "multipliers = [1]\nmultplier")),
             Catch::Contains("s.toml:13: steer.multplier: unknown key") &&
                 Catch::Contains("did you mean steer.multipliers?"));
  CHECK_THAT(refusal(replaced("[vector]", "[vektor]\n[vector]")),
             Catch::Contains("s.toml:8: vektor") && Catch::Contains("vector?"));
}

TEST_CASE("values of the wrong kind or range are refused",
          "[runner][sweep_file]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {replaced("name = \"x\"", "name = 3"), "name: an integer"},
      {replaced("name = \"x\"", "name = \"../x\""), "name"},
      {replaced("layers = [1, 2]", "layers = []"), "an empty array"},
      {replaced("layers = [1, 2]", "layers = [1, 1]"), "twice"},
      {replaced("layers = [1, 2]", "layers = [1, -2]"), "vector.layers: -2"},
      {replaced("layers = [1, 2]", "layers = [1, 2.5]"), "a number"},
      {replaced("layers = [2]", "layers = [3]"), "layer 3"},
      {replaced("step = 0.5", "step = 0.3"), "in steps of 0.3"},
      {replaced("step = 0.5", "step = -0.5"), "in steps of -0.5"},
      {replaced("step = 0.5", "stp = 0.5"), "step: missing"},
      {replaced("source = \"m.gguf\"", ""), "model.source: missing"},
      {replaced("[[model]]", "[model]"), "[[model]] tables"},
      {replaced("behaviour = \"b\"", "behaviour = \"b\"\ntemplate = \"chatm\""),
       "chatm"},
      {replaced("behaviour = \"b\"",
                "behaviour = \"b\"\ntemplate = \"chatml\""),
       "data.system: missing"},
      {replaced("[steer]", "[numerics]\nthreads = 0\n[steer]"),
       "from 1 to 1024"},
      {replaced("[steer]", "[steer]\npositions = \"last\""), "answer_only"},
      {replaced("[steer]", "[steer]\nvariants = [\"planned\"]"), "planned"},
      {replaced("[steer]", "[decompose]\nmethods = [\"guess\"]\n[steer]"),
       "encode"},
      {replaced("[steer]", "[decompose]\nscales = [0]\n[steer]"), "scales"},
      {replaced("[steer]", "[decompose]\nmethods = [\"omp:2.5\"]\n[steer]"),
       "whole number"},
      {replaced("[steer]", "[decompose]\nmethods = [\"encode:2\"]\n[steer]"),
       "encode:2"},
      {replaced("[steer]", "[decompose]\ncontrols = {shuffle = 1}\n[steer]"),
       "shuffled?"},
      {replaced("[steer]", "[decompose]\ncontrols = {other = 1}\n[steer]"),
       "another one"},
      {replaced("[steer]", "[steer]\nparts = [\"first\"]"), "first:K"},
      {replaced("[steer]", "[steer]\nparts = [\"first:1\", \"first:01\"]"),
       "twice"},
      {replaced("[steer]",
                "[decompose]\nmethods = [\"omp\", \"omp:32\"]\n[steer]"),
       "omp:32 twice"},
      {replaced("[steer]", "[steer]\nparts = [\"all:3\"]"), "all:3"},
      {replaced("[steer]", "[steer]\nnorm = [\"same\"]"), "as-is, equal"},
      {replaced("[steer]", "[steer]\nmethods = [\"omp:8\"]"),
       "one of [decompose] methods"},
      {replaced("layers = [1, 2]", "layers = [1, 99999999999]"), "99999999999"},
      {replaced("{ from = -1, to = 1, step = 0.5 }", "[inf]"), "finite"},
      {replaced("[steer]", "[steer]\nvariants = [\"reconstruction\"]"),
       "an SAE at one of the steered layers"},
      {replaced("[steer]", "[steer]\npositions = \"after_instruction\""),
       "template plain"},
      {"name = ", "s.toml:1"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK_THAT(refusal(text), Catch::Contains(expected));
  }
}
