#include "storage/tensors/tensor_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    const auto file = storage::open_torch_pickle(input.path());
    int n = 0;
    for (const auto& [name, tensor] : file->tensors()) {
      if (++n <= fuzz::kMostTensors) storage::read_whole(*file, name);
    }
  });
}
