#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "storage/tensors/pickle_reader.hpp"
#include "storage/tensors/tensor_file.hpp"

namespace coxswain::storage {

// A tensor as torch.save describes it: a dense view into a storage.
struct TorchTensor {
  StoredTensor tensor;
  std::string storage;       // its key
  std::uint64_t offset = 0;  // bytes from the storage's start
};

// A run of elements that tensors are views into, as the pickle declares it.
struct TorchStorage {
  DType dtype = DType::f32;
  std::uint64_t count = 0;  // elements
};

// All that was taken from a pickle; tensors of nested mappings by joined names.
struct TorchContents {
  std::map<std::string, TorchTensor> tensors;
  std::map<std::string, TorchStorage> storages;  // those the tensors lie in
  std::map<std::string, std::string> texts;      // texts and whole numbers
};

// The globals that a state dict may name, for read_pickle().
const std::set<std::string>& torch_globals();

// The tensors of a mapping, those of mappings in it as "a.b", and the texts and
// whole numbers beside them; all else is left out. Every tensor was checked to
// lie within its storage. Refuses what has not that shape, and strides of
// neither row-major nor (two dimensions) column-major order. Throws
// StorageError naming `file` and tensor.
TorchContents describe_tensors(const Pickle& pickle, const std::string& file,
                               TorchShape shape);

}  // namespace coxswain::storage
