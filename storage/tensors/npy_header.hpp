#pragma once

#include <string>
#include <string_view>

#include "storage/tensors/tensor_file.hpp"

namespace coxswain::storage {

// The text of a .npy header, a Python dict such as
// "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }". Read by a
// grammar of just that, never evaluated. Refuses by its name every kind of
// number that isn't one of DType's in little-endian order: big-endian ones,
// objects, records. Throws StorageError naming `file` and `member`.
StoredTensor parse_npy_header(std::string_view text, const std::string& file,
                              const std::string& member);

}  // namespace coxswain::storage
