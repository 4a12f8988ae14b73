#include "storage/models/gguf.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    const storage::GgufFile file(input.path());
    const storage::WeightFile weights = file.weights();
    int n = 0;
    for (const auto& [name, weight] : file.tensors()) {
      if (weight.quantisation == nullptr || ++n > fuzz::kMostTensors) continue;
      const storage::Array array{storage::DType::f32, weight.shape, ""};
      std::vector<float> values(static_cast<std::size_t>(array.count()));
      weights.read(name, storage::DType::f32, values.data());
    }
  });
}
