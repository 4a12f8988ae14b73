#pragma once

#include <map>
#include <string>
#include <string_view>

#include "storage/files/file_reader.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// What a safetensors file says of itself: texts by their names.
using SafetensorsMetadata = std::map<std::string, std::string>;

// Where one tensor lies in a safetensors file, row-major without gaps.
struct TensorInfo {
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;
  std::uint64_t offset = 0;  // bytes from the start of the file
  std::uint64_t length = 0;  // bytes
};

// A safetensors file: u64 header length, JSON header, row-major data. The
// header is checked whole before anything is read: lengths, ranges, shapes, no
// name twice, every byte of the data in exactly one tensor. Reading is const
// and thread-safe. Throws StorageError naming file, tensor, found and expected.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(std::string path);

  const std::map<std::string, TensorInfo>& tensors() const { return tensors_; }
  const SafetensorsMetadata& metadata() const { return metadata_; }
  const FileReader& file() const { return file_; }
  Array read(const std::string& name) const;

 private:
  FileReader file_;
  SafetensorsMetadata metadata_;
  std::map<std::string, TensorInfo> tensors_;
};

ArrayMap read_safetensors(const std::string& path);

// Arrays as the bytes of a safetensors file: how task results travel and are
// kept. Names and texts have to be UTF-8.
std::string to_safetensors(const ArrayMap& arrays,
                           const SafetensorsMetadata& metadata = {});
// The bytes of to_safetensors() up to the data, which are those of the arrays
// in order. Throws StorageError for a header longer than readers take.
std::string safetensors_header(const ArrayMap& arrays,
                               const SafetensorsMetadata& metadata = {});
// Where the tensors lie in `bytes`, checked like a file's.
std::map<std::string, TensorInfo> tensors_in(std::string_view bytes,
                                             const std::string& where);
ArrayMap from_safetensors(std::string_view bytes, const std::string& where);

}  // namespace coxswain::storage
