#include "storage/vectors/own_vectors.hpp"

#include <algorithm>

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    const storage::OwnVectors file = storage::open_own_vectors(input.path());
    const std::size_t n =
        std::min<std::size_t>(file.vectors.size(), fuzz::kMostTensors);
    storage::read_own_vectors(file, std::span(file.vectors).first(n));
  });
}
