#include "storage/texts/feature_list.hpp"

#include <algorithm>

#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  return fuzz::read_or_refuse([&] {
    const fuzz::InputFile input(data, size);
    const auto features = storage::read_feature_list(input.path());
    if (features.empty() || features.size() > storage::kMostListed ||
        features.front() < 0 || !std::ranges::is_sorted(features)) {
      std::abort();
    }
  });
}
