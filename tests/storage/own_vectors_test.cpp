#include "storage/vectors/own_vectors.hpp"

#include <catch2/catch.hpp>

#include "storage/models/gguf_writer.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

namespace {

const std::string kData = COXSWAIN_SOURCE_DIR "/tests/data/own_vectors/";

// What tests/data/make/own_vectors.py gives layer `layer`.
std::vector<float> made(int layer) {
  std::vector<float> values;
  for (int i = 0; i < 6; ++i) {
    values.push_back(static_cast<float>(layer) + static_cast<float>(i) / 8);
  }
  return values;
}

OwnVectors opened(const std::string& name) {
  return open_own_vectors(kData + name);
}
std::string refusal(const std::string& name) {
  return tests::error_of([&] {
    const OwnVectors found = opened(name);
    read_own_vectors(found, found.vectors);
  });
}

// A file's vectors by layer, each as it was made.
void check_layers(const std::string& name, const std::vector<int>& layers) {
  const OwnVectors found = opened(name);
  INFO(name);
  REQUIRE(found.vectors.size() == layers.size());
  const auto values = read_own_vectors(found, found.vectors);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    CHECK(found.vectors[i].layer == layers[i]);
    CHECK(found.vectors[i].width == 6);
    CHECK(values[i] == made(layers[i]));
  }
}

Array row(const std::vector<float>& values) {
  return make_array(std::span<const float>(values), {std::ssize(values)});
}

const std::string kText =
    R"({"layer": 15, "hook": "resid_post", "source": "original"})";

// A file as `coxswain export` writes it.
std::string exported(const std::string& tensor, const std::string& text) {
  return to_safetensors({{tensor, row(made(15))}},
                        {{"filetype", "coxswain-vectors"},
                         {"model", "m"},
                         {"model_digest", "00ff"},
                         {"family", "llama"},
                         {"hook", "resid_post"},
                         {tensor, text}});
}

}  // namespace

TEST_CASE("control vectors of repeng and llama.cpp keep their layers",
          "[storage][own_vectors]") {
  check_layers("repeng.gguf", {1, 2, 3});
  const OwnVectors found = opened("named.gguf");
  CHECK(found.format == VectorFormat::gguf);
  CHECK(found.model.family == "llama");
  CHECK(found.model.digest.empty());
  CHECK(found.vectors[0].name == "honesty");
  CHECK(found.vectors[0].tensor == "direction.2");
  CHECK(found.notes.empty());
}

TEST_CASE("arrays of numpy, of any precision and packed, are vectors",
          "[storage][own_vectors]") {
  check_layers("layers.npz", {2, 10});
  const OwnVectors found = opened("two_kinds.npz");
  REQUIRE(found.vectors.size() == 2);
  CHECK(found.vectors[0].name == "mean");
  CHECK(found.vectors[1].name == "probe");
  CHECK(read_own_vectors(found, found.vectors) ==
        std::vector<std::vector<float>>{made(2), made(20)});
  REQUIRE(found.notes.size() == 1);
  CHECK_THAT(found.notes[0], Contains("no vector: scores F64 [3, 2]"));
}

TEST_CASE("torch's files are vectors without a pickle being executed",
          "[storage][own_vectors]") {
  check_layers("by_number.pt", {2, 10});
  check_layers("legacy.pt", {2, 10});
  check_layers("modules.pt", {1, 2});
  check_layers("said_beside.pt", {4});
  CHECK(opened("said_beside.pt").model.name == "toy");
  const OwnVectors alone = opened("alone.pt");
  REQUIRE(alone.vectors.size() == 1);
  CHECK(alone.vectors[0].layer == -1);
  CHECK(alone.vectors[0].tensor.empty());
  CHECK(read_own_vectors(alone, alone.vectors)[0] == made(4));
}

TEST_CASE("tensors of safetensors are vectors, with a layer or without",
          "[storage][own_vectors]") {
  check_layers("layers.safetensors", {1, 2});
  CHECK(opened("layers.safetensors").model.name == "toy");
  const OwnVectors nowhere = opened("nowhere.safetensors");
  CHECK(nowhere.vectors[0].layer == -1);
  CHECK(nowhere.vectors[0].name == "direction");
}

TEST_CASE("what coxswain export writes is read back to the same bytes",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  const std::string name = "layer_3/layer_15/sae_layer_15/omp_32/all";
  tests::write_file(path, exported(name, kText));
  const OwnVectors found = open_own_vectors(path);
  CHECK(found.model.name == "m");
  CHECK(found.model.digest == "00ff");
  CHECK(found.hook == "resid_post");
  REQUIRE(found.vectors.size() == 1);
  CHECK(found.vectors[0].name == "layer_3/sae_layer_15/omp_32/all");
  CHECK(found.vectors[0].layer == 15);
  CHECK(read_own_vectors(found, found.vectors)[0] == made(15));

  const auto error = [&](const std::string& tensor, const std::string& text) {
    tests::write_file(path, exported(tensor, text));
    return tests::error_of([&] { open_own_vectors(path); });
  };
  CHECK_THAT(error("b/layer_14/original", kText),
             Contains("another layer in the name than 15"));
  CHECK_THAT(error("b/layer_15/original", "{}"),
             Contains("a text without a layer"));
  CHECK_THAT(error("b/layer_15/original", R"({"layer": -1})"),
             Contains("a text without a layer"));
  CHECK_THAT(error("b/layer_15/original", "{"), Contains("original"));
  CHECK_THAT(error("original", kText), Contains("another layer in the name"));
}

TEST_CASE("a control vector of coxswain export says of which model it is",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("v.gguf");
  GgufContents contents;
  contents.metadata = {{"general.architecture", "controlvector"},
                       {"controlvector.layer_count", std::uint32_t{2}},
                       {"coxswain.model", "m"},
                       {"coxswain.model_digest", "00ff"},
                       {"coxswain.hook", "resid_post"}};
  contents.tensors = {{"direction.15", row(made(15))}, {"scale", row({1, 2})}};
  tests::write_file(path, to_gguf(contents, path));
  const OwnVectors found = open_own_vectors(path);
  CHECK(found.model.digest == "00ff");
  CHECK(found.hook == "resid_post");
  CHECK(read_own_vectors(found, found.vectors)[0] == made(15));
  REQUIRE(found.notes.size() == 2);
  CHECK_THAT(found.notes[0], Contains("layer_count is 2, but there are 1"));
  CHECK_THAT(found.notes[1], Contains("no direction: scale [2]"));
}

TEST_CASE("directions that are spelled otherwise are of no layer",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("v.gguf");
  for (const char* name : {"direction.-3", "direction.+3", "direction.3.weight",
                           "direction.", "direction.3a"}) {
    INFO(name);
    GgufContents contents;
    contents.metadata = {{"general.architecture", "controlvector"}};
    contents.tensors = {{name, row(made(15))}};
    tests::write_file(path, to_gguf(contents, path));
    CHECK_THROWS_WITH(open_own_vectors(path),
                      Contains("no number of a layer from 1 on"));
  }
}

TEST_CASE("files without vectors, and vectors of no place, are refused",
          "[storage][own_vectors]") {
  CHECK_THAT(refusal("zeroth.gguf"),
             Contains("zeroth.gguf: direction.0: no number of a layer from 1 "
                      "on, expected direction.N"));
  CHECK_THAT(refusal("matrix.npz"), Contains("matrix.npz: directions F32 [2, "
                                             "6], expected a tensor"));
  CHECK_THAT(refusal("alone.npy"), Contains("numpy.savez(path, layer_15"));
  CHECK_THAT(refusal("hidden_states.pt"),
             Contains("hidden_states.5: a vector of hidden_state"));
  CHECK_THAT(refusal("hidden_states.pt"), Contains("what block N - 1 puts"));
  CHECK_THAT(refusal("resid_pre.safetensors"),
             Contains("resid_post of block N - 1"));
  CHECK_THAT(refusal("not_finite.npz"),
             Contains("layer_3: no number (NaN) at place 4"));
  CHECK_THAT(refusal("../gguf/gpt2-hub-names.gguf"),
             Contains("general.architecture: \"gpt2\", expected "
                      "\"controlvector\""));
  CHECK_THAT(refusal("../sentencepiece/bpe"), Contains("bpe"));
  CHECK_THAT(refusal("../jinja/cases.json"), Contains("expected safetensors"));
  CHECK_THAT(refusal("missing.pt"), Contains("missing.pt"));
}

TEST_CASE("names that say two things, or two that say one, are refused",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const auto error = [&](const ArrayMap& tensors) {
    const std::string path = scratch.file("x.safetensors");
    tests::write_file(path, to_safetensors(tensors));
    return tests::error_of([&] { open_own_vectors(path); });
  };
  const Array six = row(made(1));
  CHECK_THAT(error({{"layer_1.layer_2", six}}),
             Contains("two layers in its name"));
  CHECK_THAT(error({{"layer_1", six}, {"layer.1", six}}),
             Contains("a second vector of layer 1"));
  CHECK_THAT(error({{"layer_1", six}, {"layer_2", row({1, 2})}}),
             Contains("layer_2: 2 numbers, expected 6, as layer_1 has"));
  CHECK_THAT(error({{"layer_1", row({1})}}), Contains("layer_1 F32 [1]"));
  CHECK(error({{"layer_1", six}, {"layer_2", six}}).empty());
}

TEST_CASE("a layer beside the tensors beats a number that ends a name",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("x.safetensors");
  const auto opened = [&](const ArrayMap& tensors) {
    tests::write_file(path, to_safetensors(tensors, {{"layer", "15"}}));
    return open_own_vectors(path).vectors;
  };
  const auto error = [&](const ArrayMap& tensors) {
    return tests::error_of([&] { opened(tensors); });
  };
  const Array six = row(made(1));
  CHECK(opened({{"honesty_v2", six}})[0].layer == 15);
  CHECK(opened({{"honesty_v2", six}})[0].name == "honesty_v2");
  CHECK(opened({{"honesty", six}})[0].layer == 15);
  CHECK(opened({{"honesty_15", six}})[0].name == "honesty");
  CHECK_THAT(error({{"layer_2", six}}),
             Contains("layer_2: a name that ends in 2, and layer = 15"));
  CHECK_THAT(error({{"v_2", six}, {"v_3", six}}), Contains("layer = 15"));
  const auto both = opened({{"layer_2", six}, {"layer_3", six}});
  CHECK(both[0].layer == 2);
  CHECK(both[1].layer == 3);
}

TEST_CASE("a vector of no layer beside layers of its name is refused",
          "[storage][own_vectors]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("x.safetensors");
  const Array six = row(made(1));
  tests::write_file(path, to_safetensors({{"a", six}, {"a_15", six}}));
  CHECK_THAT(tests::error_of([&] { open_own_vectors(path); }),
             Contains("a: a vector of no layer, expected one, as a_15"));
}

TEST_CASE("vectors are told from models and other files",
          "[storage][own_vectors]") {
  CHECK(is_vector_file(kData + "repeng.gguf"));
  CHECK(is_vector_file(kData + "alone.pt"));
  CHECK(is_vector_file(kData + "layers.npz"));
  CHECK_FALSE(is_vector_file(kData + "../gguf/gpt2-hub-names.gguf"));
  CHECK_FALSE(is_vector_file(kData + "../jinja/cases.json"));
}
