#include "storage/tensors/file_range.hpp"

#include "storage/files/fault.hpp"

namespace coxswain::storage {

void FileRange::read(void* to, std::uint64_t length) {
  if (length > left_) {
    throw StorageError({file_.path(), "byte " + std::to_string(offset_),
                        std::to_string(left_) + " bytes left",
                        std::to_string(length), ""});
  }
  file_.read(offset_, to, length);
  offset_ += length;
  left_ -= length;
}

}  // namespace coxswain::storage
