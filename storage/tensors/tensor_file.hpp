#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/tensors/array.hpp"
#include "storage/tensors/tensor_stream.hpp"

namespace coxswain::storage {

// What a container says of one tensor; the data are read by TensorFile::open().
struct StoredTensor {
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;  // slowest dimension first (numpy's order)
  bool column_major = false;        // two dimensions, the first runs fastest
};

// Named tensors in a file of a stranger, whatever the container. Names, kinds,
// shapes and sizes were checked against the file when it was opened; the data
// are read by open(). Streams must not outlive their file; a file and its
// streams belong to one thread at a time. Throws StorageError naming file,
// tensor, found and expected.
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  virtual const std::string& path() const = 0;
  virtual const std::map<std::string, StoredTensor>& tensors() const = 0;
  virtual std::unique_ptr<TensorStream> open(const std::string& name) const = 0;
  // Texts and whole numbers that lie beside the tensors, by name.
  virtual const std::map<std::string, std::string>& texts() const;
};

// One kind of container each.
std::unique_ptr<TensorFile> open_safetensors(const std::string& path);
std::unique_ptr<TensorFile> open_npz(const std::string& path);
// What a file of torch.save may hold: a mapping from texts to tensors, or also
// one from whole numbers, which are names as they are written, and a tensor
// alone, whose name is empty.
enum class TorchShape : std::uint8_t { state_dict, any };
// What torch.save writes (zip or legacy); other entries than tensors, texts and
// whole numbers are left out. No pickle is ever executed.
std::unique_ptr<TensorFile> open_torch_pickle(
    const std::string& path, TorchShape shape = TorchShape::state_dict);

// The tensor called `name`; throws StorageError that lists what there is.
const StoredTensor& tensor_at(const TensorFile& file, const std::string& name);

// The next `length` bytes. Memory grows as they arrive, whatever was promised.
std::string read_bytes(TensorStream& stream, std::uint64_t length);

// All of a tensor, row-major whatever the order it lies in.
Array read_whole(const TensorFile& file, const std::string& name);

}  // namespace coxswain::storage
