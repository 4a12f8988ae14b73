#include "storage/texts/text_corpus.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    storage::for_each_text(input.path(),
                           [](const std::string&) { return true; });
  });
}
