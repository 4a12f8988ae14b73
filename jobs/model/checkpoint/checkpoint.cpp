#include "jobs/model/checkpoint/checkpoint.hpp"

#include <filesystem>
#include <functional>
#include <numeric>

#include "jobs/model/checkpoint/weight_plan.hpp"
#include "jobs/model/config/gguf_config.hpp"
#include "jobs/model/families/decoder.hpp"
#include "jobs/model/families/family.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/models/missing_weights.hpp"

namespace coxswain::jobs {
namespace {

// Refuses a contradiction: a tied model's file may hold its unembedding all the
// same, but no other one than the embedding. Versions of transformers take one
// or the other of two.
void check_tie(const Checkpoint& checkpoint, const std::string& embedding) {
  if (!checkpoint.architecture.tied_unembedding) return;
  const storage::WeightFile& weights = checkpoint.weights;
  for (const std::string& prefix : checkpoint.names.unembedding_prefixes) {
    const std::string name = prefix + checkpoint.names.unembedding + ".weight";
    if (weights.has(name) && !weights.same(name, embedding + ".weight")) {
      throw JobError({weights.file_of(name), name,
                      "another matrix than " + embedding + ".weight",
                      "none, or the same: tie_word_embeddings is true, or not "
                      "said and true for this family",
                      "correct tie_word_embeddings (of text_config, where "
                      "there is one)"});
    }
  }
}

Checkpoint described(std::string format, Config config, const Family& family,
                     const TensorNames& names, storage::WeightFile weights) {
  Checkpoint checkpoint{std::move(format),
                        // Before unread() is asked: what a family reads of the
                        // settings is not left over.
                        family.describe(config), names, std::move(weights),
                        config.notes()};
  for (const std::string& key : config.unread()) {
    checkpoint.notes.push_back(config.where() + ": " + key +
                               " is not a setting that " + family.model_type +
                               " models have here; it was not used");
  }
  const Architecture& model = checkpoint.architecture;
  const WeightPlan plan = plan_weights(model, names, checkpoint.weights);
  for (std::string& note :
       check_weights(plan, model, names, checkpoint.weights)) {
    checkpoint.notes.push_back(std::move(note));
  }
  check_tie(checkpoint, plan.embedding.parts[0].name);
  return checkpoint;
}

// What a folder says of itself beside its settings: models of another make
// have the names of the families here, too.
void check_make(const Config& config) {
  if (config.has("auto_map")) {
    config.note(
        "auto_map",
        "names code of the model's own, which is not run: computed as " +
            storage::printable(config.text("model_type")));
  }
  if (!config.has("architectures")) return;
  for (const std::string& name : config.texts("architectures")) {
    if (name.find("ForCausalLM") != std::string::npos ||
        name.find("LMHead") != std::string::npos ||
        name.find("ForConditionalGeneration") != std::string::npos) {
      return;
    }
  }
  config.note("architectures",
              "names no language model; what is computed is one");
}

Checkpoint open_folder(const std::string& folder) {
  const std::filesystem::path path =
      std::filesystem::path(folder) / "config.json";
  if (!storage::is_named(path)) {
    throw JobError({folder, "config.json", "none", "a Hugging Face folder",
                    "name the folder that holds it, or a GGUF file"});
  }
  // transformers would take the base model that it names, and add it.
  const std::filesystem::path adapter =
      path.parent_path() / "adapter_config.json";
  if (storage::is_named(adapter)) {
    throw JobError({adapter.string(), "", "an adapter beside a model",
                    "a model alone",
                    "merge the two (peft's merge_and_unload) and save them, or "
                    "remove the adapter's files"});
  }
  Config config = read_config(path.string());
  check_make(config);
  std::string model_type = config.text("model_type");
  // A multimodal checkpoint: its text part has settings of its own.
  if (config.has("text_config")) {
    refuse_uncomputed(config);
    Config text = config.table("text_config");
    text.note_all(config);
    config = std::move(text);
    model_type = config.text("model_type");
  }
  const Family& family = family_of_model_type(model_type, config.where());
  return described("huggingface", std::move(config), family, family.huggingface,
                   storage::open_safetensors_folder(folder));
}

}  // namespace

Checkpoint open_gguf_checkpoint(const storage::GgufFile& file) {
  const Family& family = family_of_gguf(architecture_of(file), file.path());
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
