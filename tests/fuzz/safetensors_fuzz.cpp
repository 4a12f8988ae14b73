#include "storage/tensors/safetensors.hpp"

#include "storage/tensors/tensor_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  fuzz::read_or_refuse([&] { storage::from_safetensors(bytes, "input"); });
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    const auto file = storage::open_safetensors(input.path());
    for (const auto& [name, tensor] : file->tensors()) {
      storage::read_whole(*file, name);
    }
  });
}
