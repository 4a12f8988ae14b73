// Gemma Scope 2 (Gemma 3): params.safetensors with config.json, or without it;
// params_layer_L.safetensors of a cross-layer transcoder.

#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"

namespace coxswain::jobs {
namespace {

constexpr const char* kSkip = "affine_skip_connection";

// What the tensors say as well, or the folders.
constexpr std::string_view kDescribing =
    "dtype width l0 type kind site layer d_in d_sae";

std::string params_path(const std::string& path) {
  const std::string whole = path + "/params.safetensors";
  if (std::filesystem::exists(whole)) return whole;
  const std::string one = single_file(path, ".safetensors");
  return file_name(one).starts_with("params") ? one : "";
}

bool recognises(const std::string& path) { return !params_path(path).empty(); }

// gemma-scope-2-1b-pt is of gemma-3-1b-pt.
std::string model_of(const std::string& repository) {
  const std::string start = "gemma-scope-2-";
  const std::size_t at = repository.find(start);
  return at == std::string::npos
             ? ""
             : "gemma-3-" + repository.substr(at + start.size());
}

void read_config_file(const std::string& path, SaeFiles& files) {
  const Config config = read_config(path);
  files.paths.push_back(path);
  if (config.text("architecture") != "jump_relu") {
    config.refuse("architecture", "jump_relu");
  }
  files.header.model = config.text_or("model_name", "");
  // What writes where it reads is an SAE.
  const std::string in = config.text_or("hf_hook_point_in", "");
  files.header.hook = in;
  files.header.hook_from = "hf_hook_point_in";
  files.header.transcoder = config.text_or("hf_hook_point_out", in) != in;
  const bool skips = files.containers[0]->tensors().contains(kSkip);
  if (config.flag_or("affine_connection", skips) != skips) {
    config.refuse("affine_connection",
                  skips ? "true: the weights have one"
                        : "false: the weights "
                          "have none",
                  "fetch both files of the folder again");
  }
  tell_unread(config, kDescribing, files.header);
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  SaeFiles files;
  const storage::TensorFile& params =
      files.add(storage::open_safetensors(params_path(path)));
  for (const char* role : {"W_enc", "W_dec", "b_enc", "b_dec", "threshold"}) {
    std::string lower = role;
    if (lower[0] == 'W') lower[0] = 'w';
    files.tensors[role].name = params.tensors().contains(lower) ? lower : role;
  }
  SaeHeader& header = files.header;
  header.architecture = SaeArchitecture::jump_relu;
  const auto& encoder = files.shape(files.tensors["W_enc"].name, 2);
  header.d_in = header.d_out = encoder[0];
  header.d_sae = encoder[1];
  const HubPath folder(path);
  header.transcoder = folder.mentions("transcoder") || folder.mentions("clt");
  header.model = model_of(folder.repository());
  const std::string config = folder_of(params_path(path)) + "/config.json";
  if (std::filesystem::exists(config)) read_config_file(config, files);
  const auto decoder = params.tensors().find(files.tensors["W_dec"].name);
  if (decoder != params.tensors().end() && decoder->second.shape.size() == 3) {
    header.transcoder = true;
    header.notes.emplace_back(kCrossLayerNote);
    files.tensors["W_dec"].summed = true;
  }
  if (params.tensors().contains(kSkip)) {
    files.tensors["W_skip"] = {.name = kSkip, .transposed = true};
  }
  return files;
}

}  // namespace

const SaeFormat kGemmaScope2Format{"gemma-scope-2", recognises, open};

}  // namespace coxswain::jobs
