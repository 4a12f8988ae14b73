// Transcoders that are published a layer a file: mwhanna's
// (layer_L.safetensors beside wandb-config.yaml) and mntss' cross-layer ones
// (W_enc_L.safetensors and W_dec_L.safetensors). What their YAML files say,
// the tensors' shapes say as well.

#include <filesystem>

#include "jobs/sae/formats/sae_format.hpp"

namespace coxswain::jobs {
namespace {

namespace fs = std::filesystem;

void set_sizes(SaeFiles& files, const std::string& encoder) {
  files.header.transcoder = true;
  const auto& shape = files.shape(encoder, 2);
  files.header.d_sae = shape[0];
  files.header.d_in = files.header.d_out = shape[1];
}

std::string mwhanna_path(const std::string& path) {
  const std::string file = single_file(path, ".safetensors");
  return file_name(file).starts_with("layer_") ? file : "";
}

bool is_mwhanna(const std::string& path) {
  return fs::exists(folder_of(path) + "/wandb-config.yaml") &&
         !mwhanna_path(path).empty();
}

SaeFiles open_mwhanna(const std::string& path, const SaeOptions&) {
  SaeFiles files;
  files.add(storage::open_safetensors(mwhanna_path(path)));
  set_sizes(files, "W_enc");
  for (const char* role : {"W_enc", "W_dec", "b_enc", "b_dec"}) {
    files.tensors[role].name = role;
  }
  files.tensors["W_enc"].transposed = true;  // W_dec is not
  return files;
}

// The L of the only W_enc_L.safetensors; empty if there is none.
std::string mntss_layer(const std::string& path) {
  const std::string start = "W_enc_", end = ".safetensors";
  const auto layer_in = [&](const std::string& name) {
    return name.starts_with(start) && name.ends_with(end)
               ? name.substr(start.size(),
                             name.size() - start.size() - end.size())
               : std::string();
  };
  if (fs::is_regular_file(path)) return layer_in(file_name(path));
  std::string layer;
  if (!fs::is_directory(path)) return layer;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string found = layer_in(file_name(entry.path().string()));
    if (found.empty()) continue;
    if (!layer.empty()) return "";
    layer = found;
  }
  return layer;
}

bool is_mntss(const std::string& path) { return !mntss_layer(path).empty(); }

SaeFiles open_mntss(const std::string& path, const SaeOptions&) {
  const std::string layer = mntss_layer(path);
  SaeFiles files;
  for (const char* part : {"/W_enc_", "/W_dec_"}) {
    files.add(storage::open_safetensors(folder_of(path) + part + layer +
                                        ".safetensors"));
  }
  set_sizes(files, "W_enc_" + layer);
  files.tensors["W_enc"] = {.name = "W_enc_" + layer, .transposed = true};
  files.tensors["b_enc"].name = "b_enc_" + layer;
  files.tensors["b_dec"].name = "b_dec_" + layer;
  files.tensors["W_dec"] = {
      .name = "W_dec_" + layer, .file = 1, .summed = true};
  files.header.notes.emplace_back(kCrossLayerNote);
  return files;
}

}  // namespace

const SaeFormat kMwhannaFormat{"mwhanna", is_mwhanna, open_mwhanna};
const SaeFormat kMntssFormat{"mntss", is_mntss, open_mntss};

}  // namespace coxswain::jobs
