#include "runner/sweep/sweep_file.hpp"

#include <catch2/catch.hpp>

#include "tests/support/minimal_sweep.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::kMinimalSweep;
using tests::parse;
using tests::refusal;
using tests::replaced;

TEST_CASE("what a sweep leaves out has its documented default",
          "[runner][sweep_file]") {
  const Sweep sweep = parse(kMinimalSweep);
  CHECK(sweep.threads == 1);
  CHECK(sweep.compute == jobs::ComputeType::float32);
  CHECK_FALSE(sweep.data[0].test_items);
  CHECK_FALSE(sweep.data[0].split);
  CHECK(sweep.data[0].pairs == storage::PairRules{});
  CHECK(sweep.data[0].prompt.chat_template == "plain");
  CHECK(sweep.data[0].multipliers == std::vector<double>{-1, -0.5, 0, 0.5, 1});
  CHECK(sweep.steer.variants == std::vector<VariantKind>(1));
  CHECK_FALSE(sweep.keep_activations);
}

TEST_CASE("the effective sweep reads back as itself", "[runner][sweep_file]") {
  const Sweep sweep = parse(kMinimalSweep);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("operations read back as themselves, addition alone is not said",
          "[runner][sweep_file]") {
  const Sweep plain = parse(kMinimalSweep);
  CHECK(plain.steer.operations ==
        std::vector<jobs::Operation>{jobs::Operation::add});
  CHECK_THAT(plain.effective, !Catch::Contains("operations"));
  CHECK(
      parse(replaced("[steer]", "[steer]\noperations = [\"add\"]")).effective ==
      plain.effective);
  const Sweep sweep =
      parse(replaced("[steer]", "[steer]\noperations = [\"rotate\", \"add\"]"));
  CHECK(sweep.steer.operations ==
        std::vector<jobs::Operation>{jobs::Operation::rotate,
                                     jobs::Operation::add});
  CHECK(parse(sweep.effective).effective == sweep.effective);
  CHECK(parse(sweep.effective).steer.operations == sweep.steer.operations);
}

TEST_CASE("features read back as themselves, and none is not said",
          "[runner][sweep_file]") {
  CHECK_THAT(parse(kMinimalSweep).effective, !Catch::Contains("feature"));
  const std::string sae = "[[sae]]\nid = \"s\"\nsource = \"sae\"\nlayer = 2\n";
  const auto with = [&](const std::string& feature) {
    return parse(replaced(
        "[steer]", sae + "[[feature]]\nsae = \"s\"\n" + feature + "\n[steer]"));
  };
  const Sweep sweep = with("feature = [7, 3]\nclamp = 2.5");
  REQUIRE(sweep.features.size() == 1);
  CHECK(sweep.features[0].saes == std::vector<std::string>{"s"});
  CHECK(sweep.features[0].features == std::vector<int>{7, 3});
  CHECK(sweep.features[0].clamps == std::vector<double>{2.5});
  CHECK(parse(sweep.effective).effective == sweep.effective);
  CHECK(with("feature = 7").features[0].clamps.empty());
  CHECK_THROWS_WITH(with("feature = -1"), Catch::Contains("0 or more"));
  CHECK_THROWS_WITH(with("feature = [7, 7]"), Catch::Contains("each once"));
  CHECK_THROWS_WITH(with("clamp = 1"), Catch::Contains("feature"));
  CHECK_THROWS_WITH(with("feature = 7\nvalue = 1"), Catch::Contains("value"));
  CHECK_THROWS_WITH(
      parse(replaced("[steer]",
                     "[[feature]]\nsae = \"s\"\nfeature = 1\n[steer]")),
      Catch::Contains("of which there is none"));
  CHECK_THROWS_WITH(
      parse(replaced("[steer]", "[steer]\noperations = [\"clamp\"]")),
      Catch::Contains("[[feature]]"));
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
sign_shuffles = 50
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
  CHECK(sweep.decompose.sign_shuffles == 50);
  CHECK(sweep.steer.methods.size() == 2);
  CHECK(sweep.steer.parts[2].k == 4);
  CHECK(sweep.steer.parts[3].part == jobs::Part::atom);
  CHECK(parse(sweep.effective).effective == sweep.effective);
}

TEST_CASE("how data are split reads back as itself", "[runner][sweep_file]") {
  const auto said = [](const std::string& words) {
    return replaced("source = \"b.jsonl\"", "source = \"b.jsonl\"\n" + words);
  };
  const Sweep counted =
      parse(said("split = \"cluster\"\ntest_clusters = 20\ntest_items = 3\n"
                 "group = \"topic\""));
  CHECK(counted.data[0].split == jobs::SplitRule::cluster);
  CHECK(counted.data[0].test_clusters == 20);
  CHECK(counted.data[0].test_items == 3);
  CHECK(counted.data[0].pairs.group == "topic");
  CHECK(parse(counted.effective).effective == counted.effective);
  CHECK(parse(counted.effective).data[0] == counted.data[0]);
  const Sweep shared = parse(said("test_share = 0.25"));
  CHECK(shared.data[0].test_share == 0.25);
  CHECK_FALSE(shared.data[0].split);
  CHECK(parse(shared.effective).data[0] == shared.data[0]);
  const Sweep lines = parse(said("split = \"line\""));
  CHECK(lines.data[0].split == jobs::SplitRule::line);
  CHECK(parse(lines.effective).data[0] == lines.data[0]);

  const std::vector<std::pair<std::string, std::string>> refused{
      {"split = \"clusters\"", "data.split"},
      {"split = 1", "data.split"},
      {"test_clusters = 0",
       "data.test_clusters: 0, expected an integer from 1"},
      {"test_clusters = -3", "data.test_clusters: -3"},
      {"test_clusters = 2.5", "data.test_clusters"},
      {"test_share = 0", "data.test_share: a share of all or nothing"},
      {"test_share = 1", "data.test_share"},
      {"test_share = nan", "data.test_share"},
      {"test_share = 0.2\ntest_clusters = 3", "one of the two"},
      {"split = \"line\"\ntest_clusters = 3",
       "data.test_clusters: clusters to test, with split = \"line\""},
      {"split = \"line\"\ntest_share = 0.3", "data.test_share: clusters"},
      {"group = \"\"", "data.group: \"\""},
      {"group = 3", "data.group"},
      {"test_cluster = 3", "did you mean data.test_clusters?"},
      {"grup = \"x\"", "did you mean data.group?"},
  };
  for (const auto& [words, expected] : refused) {
    INFO(words);
    CHECK_THAT(refusal(said(words)), Catch::Contains(expected));
  }
}

TEST_CASE("how lines are read reads back as itself", "[runner][sweep_file]") {
  const auto with = [](const std::string& keys) {
    return tests::replaced("b.jsonl\"", "b.jsonl\"\n" + keys);
  };
  const Sweep sweep = tests::parse(
      with("form = \"caa-qa\"\ntemplate = \"{system} {question}\"\n"
           "system = \"s\"\n"
           "columns = { question = \"a.b\", system = \"said\" }"));
  CHECK(sweep.data[0].pairs.form == "caa-qa");
  CHECK(sweep.data[0].pairs.columns ==
        storage::PairColumns{"a.b", "", "", "said"});
  CHECK(tests::parse(sweep.effective).data[0] == sweep.data[0]);
  CHECK(tests::parse(sweep.effective).effective == sweep.effective);
  const Sweep options = tests::parse(with("options = \"pairs\""));
  CHECK(options.data[0].options == jobs::Options::pairs);
  CHECK(options.data[0].pairs.one_answer);
  CHECK(tests::parse(options.effective).data[0] == options.data[0]);
  // Texts of sweeps that say nothing of it are as they were.
  const std::string unsaid = tests::parse(with("")).effective;
  CHECK(unsaid.find("columns") == std::string::npos);
  CHECK(unsaid.find("form") == std::string::npos);
  CHECK(unsaid.find("options") == std::string::npos);
  const std::vector<std::pair<std::string, std::string>> refused{
      {"form = \"csv\"", "data.form: \"csv\", expected one of anthropic"},
      {"columns = \"question\"", "data.columns"},
      {"options = \"pairs\"\ncolumns = { other = \"x\" }",
       "data.columns.other: a column, with options"},
      {"options = 3", "data.options"},
      {"columns = { matchin = \"x\" }", "did you mean data.columns.matching?"},
      {"columns = { other = \"\" }", "data.columns.other: \"\""},
      {"columns = { system = \"s\" }",
       "data.columns.system: a column, with template plain"}};
  for (const auto& [keys, told] : refused) {
    CHECK_THAT(tests::refusal(with(keys)), Catch::Contains(told));
  }
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
      {replaced("step = 0.5", "step = 0.5, too = 1"), "multipliers.too"},
      {replaced("step = 0.5", "step = 0.00001"), "200001 values"},
      {replaced("layers = [1, 2]", "layers = { from = 0, to = 1000000 }"),
       "1000001 values, expected at most 100000"},
      {replaced("layers = [1, 2]", "layers = { from = 0, to = 3, step = 1.5 }"),
       "1.5, expected a smaller whole number"},
      {replaced("layers = [1, 2]", "layers = \"every\""),
       "\"every\", expected block numbers, a range of them, or \"all\""},
      {replaced("layers = [1, 2]", "layers = 1"),
       "or a range { from, to, step }"},
      {replaced("step = 0.5", "step = 0"), "in steps of 0"},
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
      {replaced("[steer]", "[steer]\nmeasures = [\"letter-mass\"]"),
       "slopes are made of them"},
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
      {replaced("[steer]", "[steer]\noperations = [\"ablate\"]"),
       "steer.operations: \"ablate\", expected one of add, project-out, "
       "add-keep-norm, rotate"},
      {replaced("[steer]", "[steer]\noperations = [\"add\", \"add\"]"),
       "steer.operations: a value twice"},
      {replaced("[steer]", "[steer]\noperations = []"), "an empty array"},
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

TEST_CASE("layers are an array, a range with others beside it, or all",
          "[runner][sweep_file]") {
  Sweep sweep = parse(
      replaced("layers = [1, 2]",
               "layers = { from = 2, to = 10, step = 4, also = [3, 6] }"));
  CHECK(sweep.vector_layers == std::vector<int>{2, 3, 6, 10});
  sweep = parse(replaced("layers = [1, 2]", "layers = { from = 1, to = 3 }"));
  CHECK(sweep.vector_layers == std::vector<int>{1, 2, 3});
  sweep = parse(replaced("[steer]\nlayers = [2]", "[steer]\nlayers = \"all\""));
  CHECK(sweep.steer.layers == std::vector<int>{1, 2});
}

TEST_CASE("all layers of a vector are those of the model",
          "[runner][sweep_file]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Sweep sweep =
      read_sweep(scratch.file("sweep.toml"), "", {{"vector.layers=all"}, {}});
  CHECK(sweep.vector_layers == std::vector<int>{0, 1, 2, 3});
  CHECK_THROWS_WITH(
      read_sweep(scratch.file("sweep.toml"), "",
                 {{"vector.layers=all", "model.toy.source=x"}, {}}),
      Catch::Contains("x: No such file"));
}

TEST_CASE("numbers of a range stand in order with those beside it",
          "[runner][sweep_file]") {
  const Sweep sweep =
      parse(replaced("step = 0.5", "step = 1, also = [8, 0.25, 0]"));
  CHECK(sweep.steer.multipliers == std::vector<double>{-1, 0, 0.25, 1, 8});
}

TEST_CASE("what is stored is said by tokens, layers and kind",
          "[runner][sweep_file]") {
  const auto stored = [](const std::string& words) {
    return std::string(kMinimalSweep) + "[store]\n" + words;
  };
  const Sweep letter = parse(stored("activations = \"letter\"\n"));
  CHECK(letter.keep_activations);
  CHECK(letter.store.layers == std::vector<int>{1, 2});
  // As it was before there was anything else to say.
  CHECK_THAT(letter.effective, !Catch::Contains("dtype"));
  const Sweep all = parse(
      stored("activations = \"all\"\nlayers = [0, 7]\ndtype = \"bfloat16\"\n"));
  CHECK_FALSE(all.keep_activations);
  CHECK(all.store.tokens == jobs::StoredTokens::all);
  CHECK(all.store.layers == std::vector<int>{0, 7});
  CHECK(all.store.dtype == storage::DType::bf16);
  CHECK(parse(all.effective).effective == all.effective);
  CHECK_FALSE(parse(stored("activations = \"letter\"\ndtype = \"bfloat16\"\n"))
                  .keep_activations);
  CHECK_THAT(refusal(stored("activations = \"letters\"\n")),
             Catch::Contains("letter"));
  CHECK_THAT(refusal(stored("activations = \"all\"\nlayers = [3, 3]\n")),
             Catch::Contains("store.layers: a value twice"));
  CHECK_THAT(refusal(stored("dtype = \"bfloat16\"\n")),
             Catch::Contains("letter, answer or all"));
}
