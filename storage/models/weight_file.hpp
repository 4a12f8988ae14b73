#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/files/file_reader.hpp"
#include "storage/models/quantisation.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Where one weight lies and how it is packed; its data stay in the file.
struct StoredWeight {
  std::vector<std::int64_t> shape;  // slowest dimension first (numpy's order)
  const Quantisation* quantisation = nullptr;  // nullptr: not floating-point
  std::size_t file = 0;                        // of the files it lies in
  std::uint64_t offset = 0;                    // bytes from that file's start
  std::uint64_t length = 0;                    // bytes
};

// The weights of one model, wherever they lie: a GGUF file, a safetensors file
// or its shards. Ranges were checked against the files. Reading is const and
// thread-safe. Throws StorageError naming file or tensor.
class WeightFile {
 public:
  WeightFile(std::string path, std::vector<FileReader> files,
             std::map<std::string, StoredWeight> weights);

  // What the user named: a file or a folder.
  const std::string& path() const { return path_; }
  const std::map<std::string, StoredWeight>& weights() const {
    return weights_;
  }
  bool has(const std::string& name) const { return weights_.contains(name); }
  const StoredWeight& weight(const std::string& name) const;
  const std::vector<FileReader>& files() const { return files_; }
  // The path of the file that holds this weight.
  const std::string& file_of(const std::string& name) const;

  // All elements, row-major, as kind `to` (f32, f64 or bf16) into `out`, in
  // sequential blocks of a few megabytes: no second copy of the tensor is made.
  void read(const std::string& name, DType to, void* out) const;
  // Whether two weights hold the same bytes in the same shape.
  bool same(const std::string& a, const std::string& b) const;

 private:
  std::string path_;
  std::vector<FileReader> files_;
  std::map<std::string, StoredWeight> weights_;
};

// The tensors of a Hugging Face folder: model.safetensors, or the shards that
// model.safetensors.index.json names.
WeightFile open_safetensors_folder(const std::string& folder);

}  // namespace coxswain::storage
