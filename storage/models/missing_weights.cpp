#include "storage/models/missing_weights.hpp"

#include <algorithm>
#include <vector>

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

// What files of a name's end are, in the order in which they are told.
struct Other {
  const char* start;
  const char* end;
  const char* what;
  const char* remedy;
};
constexpr Other kOthers[] = {
    {"", ".incomplete", "an unfinished download",
     "finish it: fetch the model again"},
    {"", ".part", "an unfinished download", "finish it: fetch the file again"},
    {"", ".aria2", "an unfinished download", "finish it: fetch the file again"},
    {"", ".crdownload", "an unfinished download",
     "finish it: fetch the file again"},
    {"adapter_model", "", "an adapter without its base model",
     "merge the two (peft's merge_and_unload) and save them"},
    {"", ".gguf", "a GGUF file", "name that file, not its folder"},
    {"consolidated", ".safetensors", "weights under names of their own",
     "take the model in Hugging Face's format"},
    {"", ".safetensors", "one of several files, or of another name",
     "fetch the index beside it, or call the one file model.safetensors"},
    {"", ".bin", "pickled weights, which are never run",
     "save the model as safetensors (transformers' save_pretrained)"},
    {"", ".pth", "pickled weights, which are never run",
     "take the model in safetensors format"},
    {"", ".pt", "pickled weights, which are never run",
     "take the model in safetensors format"},
    {"tf_model", ".h5", "TensorFlow's weights",
     "take the model in safetensors format"},
    {"flax_model", ".msgpack", "Flax's weights",
     "take the model in safetensors format"},
};

// The names in a folder, sorted; none where there is no such folder.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

bool is_named(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Fault missing_weights(const std::string& folder, const std::string& wanted) {
  const fs::path base = folder;
  // Where the hub's client keeps what it has not finished: beside snapshots,
  // and inside a folder that it fills.
  const fs::path places[] = {base, base / ".cache/huggingface/download",
                             base / "../../blobs"};
  for (const Other& other : kOthers) {
    for (const fs::path& place : places) {
      const bool inside = &place == &places[0];
      // Finished blobs say nothing by their names.
      if (!inside && std::string_view(other.end) != ".incomplete") continue;
      for (const std::string& name : names_in(place)) {
        if (name.starts_with(other.start) && name.ends_with(other.end)) {
          return {folder, "weights", printable(name) + " (" + other.what + ")",
                  wanted, other.remedy};
        }
      }
    }
  }
  return {folder, "weights", "none", wanted,
          "take a folder in safetensors format"};
}

}  // namespace coxswain::storage
