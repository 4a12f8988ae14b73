#include "jobs/model/checkpoint/checkpoint.hpp"

#include <filesystem>
#include <functional>
#include <numeric>

#include "jobs/model/checkpoint/weight_plan.hpp"
#include "jobs/model/config/gguf_config.hpp"
#include "jobs/model/families/family.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

Checkpoint described(std::string format, Config config, const Family& family,
                     const TensorNames& names, storage::WeightFile weights) {
  Checkpoint checkpoint{std::move(format),
                        // Before unread() is asked: what a family reads of the
                        // settings is not left over.
                        family.describe(config),
                        names,
                        std::move(weights),
                        {}};
  for (const std::string& key : config.unread()) {
    checkpoint.notes.push_back(config.where() + ": " + key +
                               " is not a setting that " + family.model_type +
                               " models have here; it was not used");
  }
  const Architecture& model = checkpoint.architecture;
  for (std::string& note :
       check_weights(plan_weights(model, names, checkpoint.weights), model,
                     names, checkpoint.weights)) {
    checkpoint.notes.push_back(std::move(note));
  }
  return checkpoint;
}

Checkpoint open_folder(const std::string& folder) {
  const std::filesystem::path path =
      std::filesystem::path(folder) / "config.json";
  if (!std::filesystem::exists(path)) {
    throw JobError({folder, "config.json", "none", "a Hugging Face folder",
                    "name the folder that holds it, or a GGUF file"});
  }
  Config config = read_config(path.string());
  std::string model_type = config.text("model_type");
  // A multimodal checkpoint: its text part has settings of its own.
  if (config.has("text_config")) {
    config = config.table("text_config");
    model_type = config.text("model_type");
  }
  const Family& family = family_of_model_type(model_type, config.where());
  return described("huggingface", std::move(config), family, family.huggingface,
                   storage::open_safetensors_folder(folder));
}

}  // namespace

Checkpoint open_gguf_checkpoint(const storage::GgufFile& file) {
  const Family& family =
      family_of_gguf(file.text("general.architecture"), file.path());
  return described("gguf", config_of_gguf(file, family.model_type), family,
                   family.gguf, file.weights());
}

std::int64_t count_weights(const Checkpoint& checkpoint) {
  std::int64_t n = 0;
  for (const auto& [name, weight] : checkpoint.weights.weights()) {
    n += std::accumulate(weight.shape.begin(), weight.shape.end(),
                         std::int64_t{1}, std::multiplies<>());
  }
  return n;
}

Checkpoint open_checkpoint(const std::string& path) {
  if (std::filesystem::is_directory(path)) return open_folder(path);
  return open_gguf_checkpoint(storage::GgufFile(path));
}

}  // namespace coxswain::jobs
