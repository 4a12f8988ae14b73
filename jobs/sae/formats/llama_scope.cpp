// Llama Scope: hyperparams.json and checkpoints/final.safetensors; its R1
// variant: config.json and sae_weights.safetensors with thresholds as
// logarithms.

#include <cmath>
#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;

constexpr LinearNames kNames{"encoder.weight", "encoder.bias", "decoder.weight",
                             "decoder.bias"};

// What Llama Scope and its R1 variant have in common.
SaeFiles describe(const Config& settings, const std::string& weights) {
  SaeFiles files;
  files.paths.push_back(settings.where());
  files.add(storage::open_safetensors(weights));
  describe_linear(files, kNames);
  SaeHeader& header = files.header;
  header.architecture = SaeArchitecture::jump_relu;
  header.d_in = header.d_out = settings.integer("d_model");
  header.hook = settings.text_or("hook_point_in", "");
  header.hook_from = "hook_point_in";
  header.transcoder =
      settings.text_or("hook_point_out", header.hook) != header.hook;
  return files;
}

std::string settings_path(const std::string& path) {
  return path + "/hyperparams.json";
}

bool recognises(const std::string& path) {
  return fs::exists(settings_path(path));
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  const Config settings = read_config(settings_path(path));
  SaeFiles files = describe(settings, path + "/checkpoints/final.safetensors");
  SaeHeader& header = files.header;
  header.d_sae = settings.integer_or("d_sae", header.d_sae);
  settings.refuse_unless("act_fn", "jumprelu");
  header.model = HubPath(path).folders().front();
  const Config norms = settings.table("dataset_average_activation_norm");
  const double mean = norms.number("in");
  if (!(mean > 0)) norms.refuse("in", "a positive norm");
  // Llama Scope was trained on activations scaled to an average norm of
  // sqrt(d_model).
  files.input_scale = std::sqrt(static_cast<double>(header.d_in)) / mean;
  files.constant_threshold =
      settings.number("jump_relu_threshold") * files.input_scale;
  return files;
}

std::string r1_settings_path(const std::string& path) {
  return path + "/config.json";
}

bool r1_recognises(const std::string& path) {
  return fs::exists(r1_settings_path(path)) &&
         !fs::exists(path + "/cfg.json") &&
         fs::exists(path + "/sae_weights.safetensors");
}

SaeFiles r1_open(const std::string& path, const SaeOptions& options) {
  SaeFiles files = describe(read_config(r1_settings_path(path)),
                            path + "/sae_weights.safetensors");
  files.tensors["threshold"] = {.name = "log_jumprelu_threshold",
                                .exponent = true};
  if (options.input_scale == 0) {
    files.header.notes.emplace_back(
        "it was trained on scaled activations, and its files do not hold the "
        "factor: give input_scale = sqrt(d_model) / mean |x|");
  }
  return files;
}

}  // namespace

const SaeFormat kLlamaScopeFormat{"llama-scope", recognises, open};
const SaeFormat kLlamaScopeR1Format{"llama-scope-r1", r1_recognises, r1_open};

}  // namespace coxswain::jobs
