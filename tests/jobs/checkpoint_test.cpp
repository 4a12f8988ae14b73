// Hugging Face folders that are not what they say.

#include "jobs/model/checkpoint/checkpoint.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "jobs/model/model_file.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace fs = std::filesystem;

namespace {

const fs::path kReference = COXSWAIN_SOURCE_DIR "/tests/data/reference";

// A good model's folder, to be spoiled: Qwen 2 with biases, untied.
class Folder {
 public:
  Folder()
      : config(json::parse(storage::read_text(
            (kReference / "models/qwen2-bf16-stored/config.json").string()))),
        tensors(storage::read_safetensors(
            (kReference / "models/qwen2-bf16-stored/model.safetensors")
                .string())) {
    fs::create_directory(path());
    for (const char* name : {"tokenizer.json", "tokenizer_config.json"}) {
      fs::copy_file(kReference / "tokenizers/qwen2-style" / name,
                    path() / name);
    }
  }

  fs::path path() const { return scratch_.file("model"); }
  void write() const {
    tests::write_file((path() / "config.json").string(), config.dump());
    tests::write_file((path() / "model.safetensors").string(),
                      storage::to_safetensors(tensors));
  }
  // What loading it says; empty if it loads.
  std::string error() const {
    write();
    return tests::error_of([&] {
      read_model_header(path().string());
      load_model({path().string(), "", ComputeType::float32});
    });
  }

  json config;
  storage::ArrayMap tensors;

 private:
  tests::Scratch scratch_;
};

const std::string kUp = "model.layers.1.mlp.up_proj.weight";

std::string spoilt(const std::function<void(Folder&)>& spoil) {
  Folder folder;
  spoil(folder);
  return folder.error();
}

}  // namespace

TEST_CASE("a whole folder loads, and says what it did not use",
          "[jobs][checkpoint]") {
  Folder folder;
  CHECK(folder.error().empty());
  folder.config["logit_colour"] = "red";
  folder.tensors["vision_tower.patch.weight"] = folder.tensors.at(kUp);
  CHECK(folder.error().empty());
  const ModelHeader header = read_model_header(folder.path().string());
  CHECK(header.format == "huggingface");
  CHECK(header.dtype == "BF16");
  CHECK(header.architecture.qkv_bias);
  std::string notes;
  for (const std::string& note : header.notes) notes += note + "\n";
  CHECK_THAT(notes, Catch::Contains("logit_colour"));
  CHECK_THAT(notes, Catch::Contains("vision_tower.patch.weight"));
  CHECK_THAT(notes, Catch::Contains("no embedding for"));
}

TEST_CASE("tensors that are missing, of another shape or too many are named",
          "[jobs][checkpoint]") {
  CHECK_THAT(spoilt([](Folder& f) { f.tensors.erase(kUp); }),
             Catch::Contains(kUp));
  CHECK_THAT(spoilt([](Folder& f) {
               f.tensors.at(kUp).shape = {64, 128};
             }),
             Catch::Contains(kUp) && Catch::Contains("[64, 128]") &&
                 Catch::Contains("[128, 64]"));
  CHECK_THAT(spoilt([](Folder& f) {
               f.tensors["model.layers.0.self_attn.o_proj.bias"] =
                   f.tensors.at("model.norm.weight");
             }),
             Catch::Contains("o_proj.bias"));
  CHECK_THAT(spoilt([](Folder& f) {
               f.tensors["lm_head.bias"] = f.tensors.at("model.norm.weight");
             }),
             Catch::Contains("lm_head.bias"));
  CHECK_THAT(spoilt([](Folder& f) {
               f.config["num_hidden_layers"] = 3;
               f.config["layer_types"].erase(3);
             }),
             Catch::Contains("model.layers.3."));
  CHECK_THAT(spoilt([](Folder& f) {
               f.tensors.at(kUp).dtype = storage::DType::i32;
               f.tensors.at(kUp).bytes.resize(4 * 64 * 128);
             }),
             Catch::Contains(kUp) && Catch::Contains("floating-point"));
}

TEST_CASE("weights that are no numbers are named when they are read",
          "[jobs][checkpoint]") {
  for (const std::string bad : {"\xc0\x7f", "\x80\xff"}) {  // NaN, -infinity
    CHECK_THAT(spoilt([&](Folder& f) {
                 f.tensors.at(kUp).bytes.replace(200, 2, bad);
               }),
               Catch::Contains(kUp) && Catch::Contains("NaN") &&
                   Catch::Contains("model.safetensors"));
  }
  CHECK_THAT(
      spoilt([](Folder& f) {
        f.tensors.at("model.norm.weight").bytes.replace(2, 2, "\xc0\x7f");
      }),
      Catch::Contains("model.norm.weight"));
  // Numbers whose sum is too large are numbers.
  CHECK(spoilt([](Folder& f) {
          for (int i = 0; i < 3; ++i) {
            f.tensors.at(kUp).bytes.replace(static_cast<std::size_t>(2 * i), 2,
                                            "\x7f\x7f");
          }
        }).empty());
}

TEST_CASE("what headers tell is refused before anything is loaded",
          "[jobs][checkpoint]") {
  const auto planned = [](const std::function<void(Folder&)>& spoil) {
    Folder folder;
    spoil(folder);
    folder.write();
    return tests::error_of([&] { read_model_header(folder.path().string()); });
  };
  CHECK(planned([](Folder&) {}).empty());
  CHECK_THAT(planned([](Folder& f) { f.config["tie_word_embeddings"] = true; }),
             Catch::Contains("lm_head.weight: another matrix"));
  CHECK_THAT(planned([](Folder& f) {
               f.config = {{"model_type", "some_vision_model"},
                           {"tie_word_embeddings", false},
                           {"text_config", f.config}};
               f.config["text_config"]["tie_word_embeddings"] = true;
             }),
             Catch::Contains("lm_head.weight: another matrix") &&
                 Catch::Contains("text_config"));
  CHECK_THAT(planned([](Folder& f) {
               f.tensors.at(kUp).dtype = storage::DType::i64;
               f.tensors.at(kUp).bytes.resize(8 * 64 * 128);
             }),
             Catch::Contains(kUp) && Catch::Contains("floating-point"));
  CHECK_THAT(planned([](Folder& f) {
               f.tensors.at(kUp).shape = {0, 64};
               f.tensors.at(kUp).bytes.clear();
             }),
             Catch::Contains(kUp) && Catch::Contains("[0, 64]"));
  CHECK_THAT(planned([](Folder& f) {
               tests::write_file((f.path() / "adapter_config.json").string(),
                                 R"({"base_model_name_or_path": "org/base"})");
             }),
             Catch::Contains("adapter_config.json"));
}

TEST_CASE("tied and untied can't be confused", "[jobs][checkpoint]") {
  CHECK_THAT(spoilt([](Folder& f) { f.tensors.erase("lm_head.weight"); }),
             Catch::Contains("lm_head.weight"));
  CHECK_THAT(spoilt([](Folder& f) { f.config["tie_word_embeddings"] = true; }),
             Catch::Contains("lm_head.weight") &&
                 Catch::Contains("tie_word_embeddings"));
  CHECK(spoilt([](Folder& f) {
          f.config["tie_word_embeddings"] = true;
          f.tensors["lm_head.weight"] =
              f.tensors.at("model.embed_tokens.weight");
        }).empty());
}

TEST_CASE("settings this program would compute wrongly are refused by key",
          "[jobs][checkpoint]") {
  const auto with = [](const char* key, const json& value) {
    return spoilt([&](Folder& f) { f.config[key] = value; });
  };
  CHECK_THAT(with("hidden_act", "relu"),
             Catch::Contains("hidden_act") && Catch::Contains("relu"));
  CHECK_THAT(with("rope_scaling", {{"rope_type", "yarn"}, {"factor", 4}}),
             Catch::Contains("rope_scaling") && Catch::Contains("yarn"));
  CHECK_THAT(with("model_type", "mamba"),
             Catch::Contains("mamba") && Catch::Contains("qwen2"));
  CHECK_THAT(with("quantization_config", json::object()),
             Catch::Contains("quantization_config"));
  CHECK_THAT(with("num_key_value_heads", 3),
             Catch::Contains("num_key_value_heads"));
  CHECK_THAT(with("hidden_size", -1), Catch::Contains("hidden_size"));
  CHECK_THAT(with("hidden_size", "64"), Catch::Contains("a whole number"));
  CHECK_THAT(with("rms_norm_eps", nullptr), Catch::Contains("rms_norm_eps"));
  CHECK_THAT(with("layer_types", {"full_attention"}),
             Catch::Contains("layer_types"));
  CHECK_THAT(with("layer_types", json(4, "sliding_attention")),
             Catch::Contains("sliding_window"));
  CHECK_THAT(with("vocab_size", 257), Catch::Contains("embed_tokens"));
}

TEST_CASE("the part of a head that turns is read from where it is said",
          "[jobs][checkpoint]") {
  const fs::path neox = kReference / "models/neox-sequential";
  const tests::Scratch scratch;
  const fs::path folder = scratch.file("model");
  fs::create_directory(folder);
  fs::copy_file(neox / "model.safetensors", folder / "model.safetensors");
  json config =
      json::parse(storage::read_text((neox / "config.json").string()));
  const auto open = [&] {
    tests::write_file((folder / "config.json").string(), config.dump());
    return open_checkpoint(folder.string()).architecture;
  };
  const std::int64_t dims = open().rotary_dims;
  CHECK(dims == open().d_head / 4);
  config.erase("rotary_pct");
  config.erase("partial_rotary_factor");
  CHECK_THROWS_WITH(open(), Catch::Contains("rotary_pct"));
  config.erase("rope_theta");
  config.erase("rotary_emb_base");
  config["rope_parameters"] = {{"rope_type", "default"},
                               {"rope_theta", 20000.0},
                               {"partial_rotary_factor", 0.25}};
  CHECK(open().rotary_dims == dims);
  CHECK(open().rope.theta == 20000);
}

TEST_CASE("what is refused is named, whatever bytes it has",
          "[jobs][checkpoint]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("model.gguf");
  tests::GgufMaker model = tests::toy_llama();
  model.text("llama.rope.scaling.type", "no \xff UTF-8");
  tests::write_file(path, model.bytes());
  CHECK_THROWS_AS(read_model_header(path), JobError);
  CHECK_THROWS_WITH(read_model_header(path),
                    Catch::Contains("llama.rope.scaling.type: \"no ? UTF-8"));
}

TEST_CASE("folders that are cut, half or hostile are refused",
          "[jobs][checkpoint]") {
  Folder folder;
  folder.write();
  const std::string path = folder.path().string();
  const auto error = [&] {
    return tests::error_of([&] { read_model_header(path); });
  };
  const auto weights = folder.path() / "model.safetensors";
  fs::resize_file(weights, fs::file_size(weights) - 100);
  CHECK_THAT(error(), Catch::Contains("model.safetensors"));
  fs::remove(weights);
  CHECK_THAT(error(), Catch::Contains("model.safetensors.index.json"));
  const auto index = (folder.path() / "model.safetensors.index.json").string();
  const auto index_of = [](const std::string& file) {
    return json{{"weight_map", {{kUp, file}}}}.dump();
  };
  for (const char* outside : {"../model.safetensors", "/etc/passwd", ".", ""}) {
    tests::write_file(index, index_of(outside));
    CHECK_THAT(error(), Catch::Contains("index.json"));
  }
  tests::write_file(index, index_of("model-00001.safetensors"));
  CHECK_THAT(error(), Catch::Contains("model-00001.safetensors"));
  tests::write_file((folder.path() / "model-00001.safetensors").string(),
                    storage::to_safetensors({}));
  CHECK_THAT(error(), Catch::Contains(kUp));
  tests::write_file((folder.path() / "config.json").string(), "{\"a\": ");
  CHECK_THAT(error(), Catch::Contains("config.json"));
  fs::remove(folder.path() / "config.json");
  CHECK_THAT(error(), Catch::Contains("config.json"));
}

TEST_CASE("a folder without a tokenizer, or with a damaged one, is refused",
          "[jobs][checkpoint]") {
  Folder folder;
  folder.write();
  const auto error = [&] {
    return tests::error_of([&] { read_model_header(folder.path().string()); });
  };
  const auto tokenizer = (folder.path() / "tokenizer.json").string();
  json file = json::parse(storage::read_text(tokenizer));
  const auto with = [&](const json::json_pointer& place, const json& value) {
    json bad = file;
    bad[place] = value;
    tests::write_file(tokenizer, bad.dump());
    return error();
  };
  using Place = json::json_pointer;
  CHECK_THAT(with(Place("/model/type"), "WordPiece"),
             Catch::Contains("tokenizer.json") && Catch::Contains("WordPiece"));
  CHECK_THAT(with(Place("/normalizer/type"), "BertNormalizer"),
             Catch::Contains("BertNormalizer"));
  CHECK_THAT(with(Place("/pre_tokenizer/pretokenizers/0/pattern/Regex"), "(a"),
             Catch::Contains("(a"));
  CHECK_THAT(with(Place("/model/merges/0"), {"no such", "pieces"}),
             Catch::Contains("no such"));
  CHECK_THAT(with(Place("/model/vocab/a"), -3), Catch::Contains("-3"));
  CHECK_THAT(with(Place("/added_tokens/0/id"), 1LL << 40),
             Catch::Contains("added_tokens"));
  CHECK_THAT(with(Place("/model"), 7), Catch::Contains("tokenizer.json"));
  tests::write_file(tokenizer, "{");
  CHECK_THAT(error(), Catch::Contains("tokenizer.json"));
  fs::remove(tokenizer);
  CHECK_THAT(error(), Catch::Contains("tokenizer.model"));
}

TEST_CASE("a multimodal folder's text model is the same model",
          "[jobs][checkpoint]") {
  Folder folder;
  folder.write();
  const Transformer plain =
      load_model({folder.path().string(), "", ComputeType::float32});
  folder.config = {{"model_type", "some_vision_model"},
                   {"text_config", folder.config}};
  storage::ArrayMap prefixed;
  for (const auto& [name, array] : folder.tensors) {
    prefixed["language_model." + name] = array;
  }
  // Named like a text model's, but not its.
  prefixed["vision_tower.encoder.layers.0.self_attn.q_proj.weight"] =
      folder.tensors.at(kUp);
  folder.tensors = prefixed;
  REQUIRE(folder.error().empty());
  const Transformer text =
      load_model({folder.path().string(), "", ComputeType::float32});
  const auto same = [&](const at::Tensor& a, const at::Tensor& b) {
    return a.equal(b);
  };
  CHECK(same(plain.weights().embedding, text.weights().embedding));
  CHECK(same(plain.weights().unembedding, text.weights().unembedding));
  CHECK(same(plain.weights().blocks[3].down.weight(),
             text.weights().blocks[3].down.weight()));
}
