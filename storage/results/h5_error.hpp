#pragma once

#include <string>

namespace coxswain::storage {

// Throws what HDF5 says of the call that has just failed on `what`, a file or
// "file: object": FileError for what the system refused, in which its errno is
// named, else StorageError with the library's own innermost words.
[[noreturn]] void throw_h5_error(const std::string& what);

}  // namespace coxswain::storage
