#include "storage/texts/contrast_pairs.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    storage::read_contrast_pairs(input.path());
    storage::read_contrast_pairs(input.path(), "topic");
  });
}
