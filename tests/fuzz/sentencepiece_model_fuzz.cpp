#include "storage/models/sentencepiece_model.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    storage::parse_sentencepiece_model(
        {reinterpret_cast<const char*>(data), size}, "input");
  });
}
