#include <string_view>

#include "jobs/model/config/gguf_config.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using storage::GgufFile;

// What a file is by its general.type or, in older ones, its architecture.
struct NoModel {
  std::string_view key, value;
  const char* found;
  const char* remedy;
};
constexpr NoModel kNoModels[] = {
    {"general.type", "adapter", "an adapter (LoRA), not a model",
     "merge it into its base model (llama-export-lora) and name the result"},
    {"general.type", "mmproj", "a projector of images or sound, not a model",
     "name the file of the text model beside it"},
    {"general.type", "imatrix", "an importance matrix, not a model",
     "name the file of the model that it was made for"},
    {"general.architecture", "clip",
     "a projector of images or sound, not a model",
     "name the file of the text model beside it"},
    {"general.architecture", "controlvector", "a control vector, not a model",
     "name the file of the model that it steers"},
};

std::string text_or_none(const GgufFile& file, const std::string& key) {
  return file.has(key) ? file.text(key) : "";
}

}  // namespace

std::string architecture_of(const GgufFile& file) {
  const auto refuse = [&](const std::string& key, const std::string& found,
                          const std::string& remedy) {
    throw JobError({file.path(), key, found, "a whole model", remedy});
  };
  for (const NoModel& kind : kNoModels) {
    const std::string key(kind.key);
    if (text_or_none(file, key) == kind.value) {
      refuse(key, kind.found, kind.remedy);
    }
  }
  if (file.has("split.count") && file.integer("split.count") > 1) {
    refuse("split.count",
           "one of " + std::to_string(file.integer("split.count")) +
               " parts of a split model",
           "join them (llama-gguf-split --merge FIRST_PART OUT) and name the "
           "result");
  }
  if (!file.has("general.architecture") && file.has("imatrix.chunk_count")) {
    refuse("imatrix.chunk_count", "an importance matrix, not a model",
           "name the file of the model that it was made for");
  }
  const std::string name = file.text("general.architecture");
  if (file.tensors().empty()) {
    refuse("tensors", "none: a vocabulary alone", "name the file of the model");
  }
  return name;
}

}  // namespace coxswain::jobs
