#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// A GGUF file that is to be written: few and small tensors, as control vectors
// are. `general.architecture` says what the rest means, and has to be there.
struct GgufContents {
  using Value = std::variant<std::string, std::uint32_t>;
  std::vector<std::pair<std::string, Value>> metadata;  // in the file's order
  std::vector<std::pair<std::string, Array>> tensors;   // f32, 1 to 4 axes
};

// The bytes of a GGUF file: version 3, tensors aligned to 32 bytes. Equal
// contents give equal bytes. Throws StorageError naming `where` and the key or
// tensor for what the format or ggml's readers have no room for: other kinds of
// numbers, names of tensors beyond 63 bytes, a name twice, shapes that are not
// those of the data.
std::string to_gguf(const GgufContents& contents, const std::string& where);

}  // namespace coxswain::storage
