#include "storage/models/weight_file.hpp"

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/files/json_text.hpp"
#include "storage/models/missing_weights.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kReadAtOnce = 4U << 20;  // bytes
constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

// The tensors that each shard holds, by the index.
std::map<std::string, std::vector<std::string>> read_index(
    const std::string& path) {
  std::map<std::string, std::vector<std::string>> shards;
  try {
    const auto index = parse_json(read_text(path), path);
    for (const auto& [tensor, file] : index.at("weight_map").items()) {
      const auto name = file.get<std::string>();
      // The index names files: none may lie outside the folder.
      if (name.empty() || name.front() == '.' ||
          name.find_first_of("/\\") != std::string::npos ||
          name.find('\0') != std::string::npos) {
        throw StorageError({path, tensor, "the shard \"" + name + "\"",
                            "the name of a file beside the index", ""});
      }
      shards[name].push_back(tensor);
    }
  } catch (const nlohmann::json::exception& error) {
    throw StorageError({path, "weight_map", error.what(),
                        "a map from tensors to files", "fetch it again"});
  }
  return shards;
}

// Gathers the tensors of a folder from its one file or its shards.
class FolderReader {
 public:
  explicit FolderReader(std::string folder) : folder_(std::move(folder)) {}

  WeightFile open() {
    const fs::path base = folder_;
    // The single file wins over an index beside it: transformers takes it so.
    if (is_named(base / kSingle)) {
      add((base / kSingle).string(), nullptr);
    } else if (is_named(base / kIndex)) {
      for (const auto& [shard, tensors] :
           read_index((base / kIndex).string())) {
        add((base / shard).string(), &tensors);
      }
    } else {
      throw StorageError(
          missing_weights(folder_, std::string(kSingle) + " or " + kIndex));
    }
    return {folder_, std::move(files_), std::move(weights_)};
  }

 private:
  // Adds all tensors of a shard, or the listed ones.
  void add(const std::string& path, const std::vector<std::string>* listed) {
    const SafetensorsFile file(path);
    if (listed == nullptr) {
      for (const auto& [name, info] : file.tensors()) add_tensor(name, info);
    } else {
      for (const std::string& name : *listed) {
        const auto found = file.tensors().find(name);
        if (found == file.tensors().end()) {
          throw StorageError({path, name, "no such tensor",
                              "it in this shard, by the index",
                              "the shards are not of one model"});
        }
        add_tensor(name, found->second);
      }
    }
    files_.emplace_back(path);
  }

  void add_tensor(const std::string& name, const TensorInfo& info) {
    weights_[name] = {info.shape, quantisation_named(name_of(info.dtype)),
                      files_.size(), info.offset, info.length};
  }

  std::string folder_;
  std::vector<FileReader> files_;
  std::map<std::string, StoredWeight> weights_;
};

}  // namespace

WeightFile::WeightFile(std::string path, std::vector<FileReader> files,
                       std::map<std::string, StoredWeight> weights)
    : path_(std::move(path)),
      files_(std::move(files)),
      weights_(std::move(weights)) {
  assert(std::ranges::all_of(weights_, [&](const auto& one) {
    return one.second.file < files_.size();
  }));
}

const StoredWeight& WeightFile::weight(const std::string& name) const {
  const auto found = weights_.find(name);
  if (found == weights_.end()) {
    throw StorageError({path_, name, "no such tensor", "it in the file",
                        "the file is not a whole model"});
  }
  return found->second;
}

const std::string& WeightFile::file_of(const std::string& name) const {
  return files_[weight(name).file].path();
}

void WeightFile::read(const std::string& name, DType to, void* out) const {
  const StoredWeight& stored = weight(name);
  const FileReader& file = files_[stored.file];
  if (stored.quantisation == nullptr) {
    throw StorageError({file.path(), name, "whole numbers or flags",
                        "floating-point numbers", ""});
  }
  if (stored.quantisation->name == name_of(to)) {
    file.read(stored.offset, out, stored.length);
    return;
  }
  const std::uint64_t block = stored.quantisation->bytes;
  assert(stored.length % block == 0 && "whole blocks");
  assert(block <= kReadAtOnce);
  const std::uint64_t at_once = kReadAtOnce / block * block;
  auto* place = static_cast<char*>(out);
  std::string packed;
  for (std::uint64_t at = 0; at < stored.length; at += at_once) {
    packed.resize(std::min(at_once, stored.length - at));
    file.read(stored.offset + at, packed.data(), packed.size());
    dequantise(*stored.quantisation, packed, to, place);
    place += packed.size() / block * stored.quantisation->block * size_of(to);
  }
}

bool WeightFile::same(const std::string& a, const std::string& b) const {
  const StoredWeight& one = weight(a);
  const StoredWeight& other = weight(b);
  if (one.shape != other.shape || one.length != other.length ||
      one.quantisation != other.quantisation) {
    return false;
  }
  for (std::uint64_t at = 0; at < one.length; at += kReadAtOnce) {
    const std::uint64_t n = std::min(kReadAtOnce, one.length - at);
    if (files_[one.file].read(one.offset + at, n) !=
        files_[other.file].read(other.offset + at, n)) {
      return false;
    }
  }
  return true;
}

WeightFile open_safetensors_folder(const std::string& folder) {
  return FolderReader(folder).open();
}

}  // namespace coxswain::storage
