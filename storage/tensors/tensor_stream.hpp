#pragma once

#include <cstdint>

namespace coxswain::storage {

// The bytes of one tensor in the order they lie in, from the first to the
// last, so that a tensor larger than memory can be read in blocks.
class TensorStream {
 public:
  virtual ~TensorStream() = default;
  // The next `length` bytes. Throws StorageError where the file is cut or
  // damaged; a checksum of the container is compared when the last byte has
  // been read.
  virtual void read(void* to, std::uint64_t length) = 0;
};

}  // namespace coxswain::storage
