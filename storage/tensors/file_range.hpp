#pragma once

#include <cassert>

#include "storage/files/file_reader.hpp"
#include "storage/tensors/tensor_stream.hpp"

namespace coxswain::storage {

// Bytes of a file as a stream. The file must outlive it.
class FileRange : public TensorStream {
 public:
  FileRange(const FileReader& file, std::uint64_t offset, std::uint64_t length)
      : file_(file), offset_(offset), left_(length) {
    assert(offset <= file.size() && length <= file.size() - offset);
  }

  void read(void* to, std::uint64_t length) override;

 private:
  const FileReader& file_;
  std::uint64_t offset_;  // of the next byte
  std::uint64_t left_;    // bytes
};

}  // namespace coxswain::storage
