// sparsify (EleutherAI): cfg.json and sae.safetensors.

#include <filesystem>

#include "jobs/model/config/config.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kWidest = 1 << 24;  // of numbers that are multiplied

// Rows are made unit length while it is trained, and another loss is taken: the
// weights have it all.
constexpr std::string_view kTraining =
    "dtype normalize_decoder multi_topk expansion_factor";

std::string weights_path(const std::string& path) {
  return path + "/sae.safetensors";
}

bool recognises(const std::string& path) {
  return std::filesystem::exists(weights_path(path));
}

// The model's name, of the settings of the whole run in the folder above.
std::string model_of(const std::string& path) {
  const std::string run = (std::filesystem::absolute(path).lexically_normal() /
                           ".." / "config.json")
                              .lexically_normal()
                              .string();
  if (!std::filesystem::is_regular_file(run)) return "";
  try {
    return read_config(run).text_or("model", "");
  } catch (const JobError&) {
  } catch (const storage::StorageError&) {
    // Another program's file: nothing of this SAE depends on it.
  }
  return "";
}

SaeFiles open(const std::string& path, const SaeOptions&) {
  const std::string settings = path + "/cfg.json";
  const Config config = read_config(settings);
  SaeFiles files;
  files.paths.push_back(settings);
  const storage::TensorFile& weights =
      files.add(storage::open_safetensors(weights_path(path)));
  SaeHeader& header = files.header;
  const std::string activation = config.text_or("activation", "topk");
  if (activation != "topk" && activation != "groupmax") {
    config.refuse("activation", "topk or groupmax");
  }
  header.architecture = activation == "topk" ? SaeArchitecture::top_k
                                             : SaeArchitecture::group_max;
  config.refuse_unless("signed", false);
  header.k = config.integer_or("k", 32);
  header.d_in = header.d_out = config.integer("d_in");
  if (header.d_in < 1 || header.d_in > kWidest) {
    config.refuse("d_in", "1 to " + std::to_string(kWidest));
  }
  header.d_sae = config.integer_or("num_latents", 0);
  if (header.d_sae == 0) {
    const std::int64_t factor = config.integer_or("expansion_factor", 32);
    if (factor < 1 || factor > kWidest) {
      config.refuse("expansion_factor", "1 to " + std::to_string(kWidest));
    }
    header.d_sae = header.d_in * factor;
  }
  const bool transcodes = config.flag_or("transcode", false);
  header.b_dec_input = !transcodes;
  // What is added past the features is no decomposition of x.
  header.transcoder = transcodes || config.flag_or("skip_connection", false);
  header.model = model_of(path);
  header.hook = config.text_or("hookpoint", "");
  header.hook_from = "hookpoint";
  tell_unread(config, kTraining, header);
  files.tensors["W_enc"] = {.name = "encoder.weight", .transposed = true};
  files.tensors["b_enc"].name = "encoder.bias";
  files.tensors["W_dec"].name = "W_dec";
  files.tensors["b_dec"].name = "b_dec";
  if (config.flag_or("skip_connection", false) ||
      weights.tensors().contains("W_skip")) {
    files.tensors["W_skip"].name = "W_skip";
  }
  return files;
}

}  // namespace

const SaeFormat kSparsifyFormat{"sparsify", recognises, open};

}  // namespace coxswain::jobs
