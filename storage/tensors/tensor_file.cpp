#include "storage/tensors/tensor_file.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "storage/files/fault.hpp"
#include "storage/tensors/file_range.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::storage {
namespace {

// A safetensors file as one container among others.
class Safetensors : public TensorFile {
 public:
  explicit Safetensors(const std::string& path) : file_(path) {
    for (const auto& [name, info] : file_.tensors()) {
      tensors_[name] = {info.dtype, info.shape, false};
    }
  }

  const std::string& path() const override { return file_.file().path(); }
  const std::map<std::string, StoredTensor>& tensors() const override {
    return tensors_;
  }
  std::unique_ptr<TensorStream> open(const std::string& name) const override {
    tensor_at(*this, name);
    const TensorInfo& info = file_.tensors().at(name);
    return std::make_unique<FileRange>(file_.file(), info.offset, info.length);
  }

 private:
  SafetensorsFile file_;
  std::map<std::string, StoredTensor> tensors_;
};

// Elements of `Size` bytes from column-major to row-major. In tiles, since
// walking along a long row of the source touches a new cache line, and often
// a new page, with every element.
template <std::size_t Size>
std::string transposed(const std::string& from, std::size_t rows,
                       std::size_t columns) {
  assert(from.size() == rows * columns * Size);
  constexpr std::size_t kTile = 32;
  std::string to(from.size(), '\0');
  for (std::size_t r0 = 0; r0 < rows; r0 += kTile) {
    const std::size_t r1 = std::min(rows, r0 + kTile);
    for (std::size_t c0 = 0; c0 < columns; c0 += kTile) {
      const std::size_t c1 = std::min(columns, c0 + kTile);
      for (std::size_t r = r0; r < r1; ++r) {
        for (std::size_t c = c0; c < c1; ++c) {
          std::memcpy(&to[(r * columns + c) * Size],
                      &from[(c * rows + r) * Size], Size);
        }
      }
    }
  }
  return to;
}

std::string row_major(const StoredTensor& tensor, const std::string& bytes) {
  assert(tensor.shape.size() == 2 && "only matrices are column-major");
  const auto rows = static_cast<std::size_t>(tensor.shape.at(0));
  const auto columns = static_cast<std::size_t>(tensor.shape.at(1));
  switch (size_of(tensor.dtype)) {
    case 1:
      return transposed<1>(bytes, rows, columns);
    case 2:
      return transposed<2>(bytes, rows, columns);
    case 4:
      return transposed<4>(bytes, rows, columns);
    default:
      return transposed<8>(bytes, rows, columns);
  }
}

}  // namespace

std::unique_ptr<TensorFile> open_safetensors(const std::string& path) {
  return std::make_unique<Safetensors>(path);
}

const std::map<std::string, std::string>& TensorFile::texts() const {
  static const std::map<std::string, std::string> none;
  return none;
}

const StoredTensor& tensor_at(const TensorFile& file, const std::string& name) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) {
    std::string names;
    for (const auto& [other, tensor] : file.tensors()) {
      if (names.size() < 200) names += (names.empty() ? "" : ", ") + other;
    }
    throw StorageError(
        {file.path(), name, "no such tensor", "it among " + names, ""});
  }
  return found->second;
}

std::string read_bytes(TensorStream& stream, std::uint64_t length) {
  constexpr std::uint64_t kBlock = 4U << 20;
  std::string bytes;
  // Block by block: a length that the file can't back fails before memory is
  // taken for it.
  while (bytes.size() < length) {
    const std::size_t had = bytes.size();
    const std::uint64_t block = std::min(kBlock, length - had);
    bytes.resize(had + block);
    stream.read(bytes.data() + had, block);
  }
  return bytes;
}

Array read_whole(const TensorFile& file, const std::string& name) {
  const StoredTensor& tensor = tensor_at(file, name);
  const auto size = dense_bytes(tensor.dtype, tensor.shape);
  if (!size) {
    throw StorageError({file.path(), name, "an impossible shape", "", ""});
  }
  std::string bytes = read_bytes(*file.open(name), *size);
  if (tensor.column_major) bytes = row_major(tensor, bytes);
  return {tensor.dtype, tensor.shape, std::move(bytes)};
}

}  // namespace coxswain::storage
