// Settings in config.json and in GGUF files, one changed at a time: computed
// as transformers computes them, or refused by their key.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "jobs/device/tensor_array.hpp"
#include "jobs/model/checkpoint/checkpoint.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace fs = std::filesystem;

namespace {

const fs::path kSettings = COXSWAIN_SOURCE_DIR "/tests/data/settings";
// Both compute in float32, logits are of a few units: the order of sums.
constexpr double kTolerance = 5e-5;
// A setting that changes something changes more than rounding could.
constexpr double kChange = 2e-4;

json read_json(const fs::path& path) {
  return json::parse(storage::read_text(path.string()));
}

double distance(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

class Golden {
 public:
  Golden()
      : cases(read_json(kSettings / "cases.json")),
        four_(storage::read_safetensors(
            (kSettings / "transformers-4.safetensors").string())),
        five_(storage::read_safetensors(
            (kSettings / "transformers-5.safetensors").string())) {}

  // The last token's logits [d_vocab] by transformers `version`, '4' or '5'.
  at::Tensor logits(const std::string& name, char version) const {
    return to_tensor(
        storage::at(version == '4' ? four_ : five_, name, "golden"));
  }

  at::Tensor ours(const std::string& path) const {
    const at::NoGradGuard no_gradients;
    const Transformer model = load_model({path, "", ComputeType::float32});
    ContrastTokens tokens;
    tokens.shared = cases.at("ids").get<std::vector<std::int32_t>>();
    return model
        .logits(clean_pass(model, tokens, model.architecture().n_layers - 1,
                           [](const BlockState&) {}))[-1]
        .cpu();
  }

  json cases;

 private:
  storage::ArrayMap four_, five_;
};

// The folder of a case: a model's with settings taken out and put in.
std::string write_case(const json& one, const fs::path& folder) {
  const fs::path model = kSettings / one.at("model").get<std::string>();
  json config = read_json(model / "config.json");
  for (const json& key : one.value("without", json::array())) {
    config.erase(key.get<std::string>());
  }
  config.update(one.value("with", json::object()));
  fs::create_directory(folder);
  tests::write_file((folder / "config.json").string(), config.dump());
  fs::create_symlink(model / "model.safetensors", folder / "model.safetensors");
  return folder.string();
}

std::string notes_of(const std::string& path) {
  std::string notes;
  for (const std::string& note : open_checkpoint(path).notes) {
    notes += note + "\n";
  }
  return notes;
}

}  // namespace

TEST_CASE("every setting of config.json is obeyed or refused by its key",
          "[jobs][model_settings]") {
  const Golden golden;
  const tests::Scratch scratch;
  int n = 0;
  for (const json& one : golden.cases.at("cases")) {
    const auto name = one.at("name").get<std::string>();
    INFO(name);
    const std::string folder =
        write_case(one, scratch.file(std::to_string(n++)));
    if (one.contains("refused")) {
      // Headers alone are enough to refuse it: plan does.
      const std::string error =
          tests::error_of([&] { open_checkpoint(folder); });
      for (const json& text : one.at("refused")) {
        CHECK_THAT(error, Catch::Contains(text.get<std::string>()));
      }
      continue;
    }
    const at::Tensor logits = golden.ours(folder);
    for (const char version : one.at("like").get<std::string>()) {
      if (version == ' ') continue;
      INFO("transformers " << version);
      CHECK(distance(logits, golden.logits(name, version)) < kTolerance);
    }
    const double change = distance(logits, golden.logits(one.at("model"), '5'));
    if (one.at("changes").get<bool>()) {
      CHECK(change > kChange);
    } else {
      CHECK(change < kTolerance);
    }
    // What is not used is told.
    const std::string notes = notes_of(folder);
    if (one.contains("note")) {
      CHECK_THAT(notes, Catch::Contains(one.at("note").get<std::string>()));
    } else {
      CHECK(notes == "");
    }
  }
}

TEST_CASE("GGUF's settings are read as llama.cpp reads them",
          "[jobs][model_settings]") {
  const Golden golden;
  for (const auto& [file, same] : golden.cases.at("gguf").items()) {
    INFO(file);
    const std::string path = (kSettings / (file + ".gguf")).string();
    CHECK(distance(golden.ours(path), golden.logits(same, '5')) < kTolerance);
    CHECK(notes_of(path) == "");
  }
}
