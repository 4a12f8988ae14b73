// Gemma Scope: params.npz, and nothing but the folder's name about the rest.

#include <cmath>
#include <filesystem>

#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

std::string params_path(const std::string& path) {
  return path.ends_with(".npz") ? path : path + "/params.npz";
}

bool recognises(const std::string& path) {
  return std::filesystem::is_regular_file(params_path(path));
}

// The array's name in upper or lower case, as it is spelled in this file.
std::string spelled(const storage::TensorFile& params, std::string name) {
  if (params.tensors().contains(name)) return name;
  if (name[0] == 'W') name[0] = 'w';
  return name;
}

// gemma-scope-2b-pt-res is of gemma-2-2b, gemma-scope-9b-it-res of
// gemma-2-9b-it.
std::string model_of(const std::string& repository) {
  const std::string start = "gemma-scope-";
  const std::size_t at = repository.find(start);
  const std::size_t end = repository.rfind('-');
  if (at == std::string::npos || end < at + start.size()) return "";
  return "gemma-2-" +
         repository.substr(at + start.size(), end - at - start.size());
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  SaeFiles files;
  const storage::TensorFile& params =
      files.add(storage::open_npz(params_path(path)));
  const HubPath folder(path);
  for (const char* role : {"W_enc", "W_dec", "b_enc", "b_dec", "threshold"}) {
    files.tensors[role].name = spelled(params, role);
  }
  // The sizes by the decoder: it is what names an encoder stored transposed.
  const auto& decoder = files.shape(files.tensors["W_dec"].name, 2);
  files.header.architecture = SaeArchitecture::jump_relu;
  files.header.d_sae = decoder[0];
  files.header.d_in = files.header.d_out = decoder[1];
  files.header.transcoder = folder.mentions("transcoder");
  files.header.model = model_of(folder.repository());
  if (folder.mentions("embedding")) {
    // SAEs of the embedding were trained before it is scaled up.
    const double scale = std::sqrt(static_cast<double>(files.header.d_in));
    files.tensors["W_enc"].factor = 1 / scale;
    files.tensors["W_dec"].factor = scale;
  }
  return files;
}

}  // namespace

const SaeFormat kGemmaScopeFormat{"gemma-scope", recognises, open};

}  // namespace coxswain::jobs
