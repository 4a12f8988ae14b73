#include "storage/vectors/own_vector.hpp"

namespace coxswain::storage {

const char* name_of(VectorFormat format) {
  switch (format) {
    case VectorFormat::safetensors:
      return "safetensors";
    case VectorFormat::gguf:
      return "a GGUF control vector";
    case VectorFormat::npz:
      return "numpy's npz";
    case VectorFormat::torch:
      return "a file of torch.save";
  }
  return "";
}

}  // namespace coxswain::storage
