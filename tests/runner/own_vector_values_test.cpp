#include "runner/plan/own_vector_values.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

const std::string kData = COXSWAIN_SOURCE_DIR "/tests/data/own_vectors/";

// Element i of layer L's vector is L + i / 8: six numbers.
double made(int layer, int i) { return layer + i / 8.0; }

struct Asked {
  Asked() {
    sweep.vector_layers = {1, 2, 4};
    entry.name = "v";
    model.entry.id = "m";
    model.source.digest = "00ff";
    model.header.architecture.d_model = 6;
  }
  OwnVectorValues values(const std::string& file, bool genuine = true) const {
    return own_vector_values(
        sweep, entry, storage::open_own_vectors(kData + file), model, genuine);
  }
  // Fails unless it is the file's fault.
  std::string refusal(const std::string& file) const {
    try {
      values(file);
    } catch (const ProgramError& error) {
      CHECK(error.code() == ExitCode::bad_data);
      return error.what();
    }
    return "";
  }

  Sweep sweep;
  VectorFileEntry entry;
  PlannedModel model;
};

}  // namespace

TEST_CASE("a file's layers are taken, as far as the sweep has them",
          "[runner][own_vector_values]") {
  const Asked asked;
  const OwnVectorValues own = asked.values("repeng.gguf");
  CHECK(own.layers == std::vector<int>{1, 2});
  REQUIRE(own.values.size() == 18);
  for (int i = 0; i < 6; ++i) {
    CHECK(own.values[static_cast<std::size_t>(i)] == made(1, i));
    CHECK(own.values[static_cast<std::size_t>(6 + i)] == made(2, i));
    CHECK(own.values[static_cast<std::size_t>(12 + i)] == 0);
  }
  REQUIRE(own.notes.size() == 1);
  CHECK_THAT(own.notes[0], Contains("layers 3 of the file are not among"));
}

TEST_CASE("layers choose among those that a file says",
          "[runner][own_vector_values]") {
  Asked asked;
  asked.entry.layers = {2};
  CHECK(asked.values("repeng.gguf").layers == std::vector<int>{2});
  CHECK(asked.values("repeng.gguf").notes.empty());
  asked.entry.layers = {4};
  CHECK_THAT(asked.refusal("repeng.gguf"),
             Contains("layer 4: no such vector, expected of layers 1, 2, 3"));
  asked.entry.layers = {};
  asked.sweep.vector_layers = {7};
  CHECK_THAT(asked.refusal("repeng.gguf"),
             Contains("layers: 1, 2, 3, expected one of 7"));
}

TEST_CASE("a vector of no layer is added where the sweep says",
          "[runner][own_vector_values]") {
  Asked asked;
  CHECK_THAT(asked.refusal("alone.pt"),
             Contains("a vector of no layer, expected one whose layer is"));
  asked.entry.layers = {4, 1};
  const OwnVectorValues own = asked.values("alone.pt");
  CHECK(own.layers == std::vector<int>{1, 4});
  CHECK(own.values[3] == made(4, 3));
  CHECK(own.values[15] == made(4, 3));
}

TEST_CASE("a norm changes the length and nothing else",
          "[runner][own_vector_values]") {
  Asked asked;
  asked.entry.norm = 3;
  const OwnVectorValues own = asked.values("repeng.gguf");
  double sum = 0;
  for (std::size_t i = 0; i < 6; ++i) sum += own.values[i] * own.values[i];
  CHECK(sum == Approx(9));
  CHECK(own.values[1] / own.values[0] == Approx(made(1, 1) / made(1, 0)));
  CHECK(own.norms == std::vector<double>{3, 3});
}

TEST_CASE("which vector of several is said by its name or its tensor's",
          "[runner][own_vector_values]") {
  Asked asked;
  asked.sweep.vector_layers = {2, 20};
  CHECK_THAT(asked.refusal("two_kinds.npz"),
             Contains("vectors of several names, expected one of mean, probe"));
  asked.entry.vector = "mean";
  CHECK(asked.values("two_kinds.npz").values[1] == made(2, 1));
  asked.entry.vector = "probe_2";
  CHECK(asked.values("two_kinds.npz").values[1] == made(20, 1));
  asked.entry.vector = "scores";
  CHECK_THAT(asked.refusal("two_kinds.npz"),
             Contains("vector: \"scores\", expected one of mean, probe"));
}

TEST_CASE("vectors of another model are refused by width or by digest",
          "[runner][own_vector_values]") {
  Asked asked;
  asked.model.header.architecture.d_model = 7;
  CHECK_THAT(asked.refusal("repeng.gguf"),
             Contains("6 numbers, expected 7, as model m has"));

  asked.model.header.architecture.d_model = 6;
  storage::OwnVectors file = storage::open_own_vectors(kData + "repeng.gguf");
  file.model.digest = "11ee";
  file.model.name = "other";
  const auto values = [&](bool genuine) {
    return own_vector_values(asked.sweep, asked.entry, file, asked.model,
                             genuine);
  };
  CHECK_THAT(tests::error_of([&] { values(true); }),
             Contains("11ee, of other, expected 00ff, of model m; take the "
                      "vectors of that model, or say made_for = \"any\""));
  CHECK_NOTHROW(values(false));
  asked.entry.any_model = true;
  CHECK_NOTHROW(values(true));
  file.hook = "blocks.2.hook_resid_pre";
  CHECK_THAT(
      tests::error_of([&] { values(true); }),
      Contains("hook: \"blocks.2.hook_resid_pre\", expected resid_post"));
}

TEST_CASE("a file that only names its model is taken with a note",
          "[runner][own_vector_values]") {
  Asked asked;
  REQUIRE(asked.values("layers.safetensors").notes.size() == 1);
  CHECK_THAT(asked.values("layers.safetensors").notes[0],
             Contains("of model toy; that this is m is not checked"));
  asked.model.entry.id = "toy";
  CHECK(asked.values("layers.safetensors").notes.empty());
}

TEST_CASE("numbers that are none end a plan by the file's name",
          "[runner][own_vector_values]") {
  Asked asked;
  asked.sweep.vector_layers = {3};
  CHECK_THAT(asked.refusal("not_finite.npz"),
             Contains("layer_3: no number (NaN) at place 4"));
}

TEST_CASE("a vector file is read and written as the sweep has it",
          "[runner][own_vector_values]") {
  const std::string text = tests::replaced("[steer]", R"([[vector_file]]
name = "v"
source = "v.gguf"
[[vector_file]]
name = "w"
source = "w.npz"
vector = "mean"
layers = 2
norm = 4.5
behaviours = ["b"]
made_for = "any"
[[vector_file]]
name = "both"
sum = ["w", "v"]
weights = [2, 2]
act = "together"
[steer])");
  const Sweep sweep = tests::parse(text);
  REQUIRE(sweep.vector_files.size() == 3);
  REQUIRE(sweep.vector_files[2].sum.size() == 2);
  CHECK(sweep.vector_files[2].sum[0].name == "w");
  CHECK(sweep.vector_files[2].sum[1].weight == 2);
  CHECK_FALSE(sweep.vector_files[0].norm);
  CHECK(sweep.vector_files[1].layers == std::vector<int>{2});
  CHECK(sweep.vector_files[1].norm == 4.5);
  CHECK(sweep.vector_files[1].any_model);
  CHECK(tests::parse(sweep.effective).effective == sweep.effective);
  // Sweeps without any are written as they ever were.
  CHECK(tests::parse(tests::kMinimalSweep).effective.find("vector_file") ==
        std::string::npos);
}

TEST_CASE("what is wrong with a vector file's table is named",
          "[runner][own_vector_values]") {
  const auto refusal = [](const std::string& lines) {
    return tests::refusal(tests::replaced(
        "[steer]", "[[vector_file]]\nname = \"v\"\nsource = \"v.npz\"\n" +
                       lines + "\n[steer]"));
  };
  CHECK(refusal("") == "");
  CHECK_THAT(refusal("layers = [77]"), Contains("a layer that [vector]"));
  CHECK_THAT(refusal("norm = 0"), Contains("a number above 0, or \"keep\""));
  CHECK_THAT(refusal("norm = \"unit\""), Contains("norm"));
  CHECK_THAT(refusal("behaviours = [\"x\"]"), Contains("behaviours: \"x\""));
  CHECK_THAT(refusal("model = \"x\""), Contains("model: \"x\""));
  CHECK_THAT(refusal("norms = 3"), Contains("unknown key"));
  CHECK_THAT(
      tests::refusal(tests::replaced(
          "[steer]", "[[vector_file]]\nname = \"" + std::string(60, 'v') +
                         "\"\nsource = \"v\"\n[steer]")),
      Contains("at most 64 bytes"));
}
