// SAELens directories, version 6: cfg.json and sae_weights.safetensors.

#include <ATen/ATen.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "jobs/job_error.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/tensor_array.hpp"
#include "storage/file_reader.hpp"
#include "storage/safetensors.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

std::string config_path(const std::string& path) { return path + "/cfg.json"; }
std::string weights_path(const std::string& path) {
  return path + "/sae_weights.safetensors";
}

bool recognises(const std::string& path) {
  return std::filesystem::exists(config_path(path)) &&
         std::filesystem::exists(weights_path(path));
}

std::vector<std::string> files(const std::string& path) {
  return {config_path(path), weights_path(path)};
}

// What the configuration asks for and we don't compute is refused by name.
void require(const json& config, const std::string& where, const char* key,
             const json& expected) {
  if (config.contains(key) && config[key] != expected) {
    throw JobError({where, key, config[key].dump(), expected.dump(),
                    "this kind of SAE is not supported yet"});
  }
}

// Directories written before version 6 have another layout and other defaults;
// read as version 6 they would load and be wrong.
void require_version_6(const json& config, const std::string& where) {
  const json metadata = config.value("metadata", json::object());
  const std::string version =
      metadata.value("sae_lens_version",
                     config.value("sae_lens_version", std::string("none")));
  if (version.find('.') == std::string::npos ||
      std::atoi(version.c_str()) < 6) {
    throw JobError({where, "sae_lens_version", version, "6 or newer",
                    "load and save it with SAELens 6"});
  }
}

SaeActivation activation_of(const json& config, const std::string& where) {
  const std::string name = config.at("architecture").get<std::string>();
  for (const SaeActivation one :
       {SaeActivation::relu, SaeActivation::jump_relu}) {
    if (name == name_of(one)) return one;
  }
  throw JobError({where, "architecture", name, "standard or jumprelu",
                  "this kind of SAE is not supported yet"});
}

void require_shape(const storage::SafetensorsFile& file,
                   const std::string& where, const std::string& name,
                   const std::vector<std::int64_t>& expected) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) {
    throw JobError({where, name, "no such tensor", "it in the file", ""});
  }
  if (found->second.shape != expected) {
    throw JobError({where, name, "another shape than cfg.json says",
                    json(expected).dump(), ""});
  }
}

void check_tensors(const std::string& path, const SaeHeader& header) {
  const std::string where = weights_path(path);
  const storage::SafetensorsFile file(where);
  std::size_t known = 4;
  require_shape(file, where, "W_enc", {header.d_in, header.d_sae});
  require_shape(file, where, "b_enc", {header.d_sae});
  require_shape(file, where, "W_dec", {header.d_sae, header.d_in});
  require_shape(file, where, "b_dec", {header.d_in});
  if (header.activation == SaeActivation::jump_relu) {
    require_shape(file, where, "threshold", {header.d_sae});
    ++known;
  }
  if (file.tensors().size() != known) {
    throw JobError({where, "",
                    std::to_string(file.tensors().size()) + " tensors",
                    std::to_string(known) + " for this architecture", ""});
  }
}

SaeHeader read_header(const std::string& path) {
  const std::string where = config_path(path);
  SaeHeader header;
  header.format = "saelens";
  try {
    const json config = json::parse(storage::read_text(where));
    require_version_6(config, where);
    header.activation = activation_of(config, where);
    require(config, where, "normalize_activations", "none");
    require(config, where, "reshape_activations", "none");
    header.d_in = config.at("d_in").get<std::int64_t>();
    header.d_sae = config.at("d_sae").get<std::int64_t>();
    header.b_dec_input = config.value("apply_b_dec_to_input", true);
    const json metadata = config.value("metadata", json::object());
    header.hook = metadata.value("hook_name", "");
  } catch (const json::exception& error) {
    throw JobError({where, "", error.what(), "a SAELens configuration", ""});
  }
  check_tensors(path, header);
  return header;
}

SparseAutoencoder load(const std::string& path) {
  SparseAutoencoder sae;
  sae.header = read_header(path);
  const storage::SafetensorsFile file(weights_path(path));
  const auto read = [&](const char* name) {
    return to_tensor(file.read(name)).to(at::kFloat);
  };
  sae.W_enc = read("W_enc");
  sae.b_enc = read("b_enc");
  sae.W_dec = read("W_dec");
  sae.b_dec = read("b_dec");
  if (sae.header.activation == SaeActivation::jump_relu) {
    sae.threshold = read("threshold");
  }
  return sae;
}

}  // namespace

const SaeFormat kSaeLensFormat{"saelens", recognises, read_header, load, files};

}  // namespace coxswain::jobs
