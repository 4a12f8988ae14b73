#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/contrast_tokens.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"

namespace coxswain::jobs {

// Residual stream at the read position of both strings, summed over the pairs.
// Gives the arrays of extract_result.hpp.
struct ExtractTask {
  ModelSource model;
  std::vector<ContrastTokens> pairs;
  std::vector<std::int32_t> layers;
  bool keep_activations = false;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.model), as_read(self.pairs),
                      keyed(self.layers), keyed(self.keep_activations));
  }
  bool operator==(const ExtractTask&) const = default;
};

template <>
struct KindTraits<ExtractTask> {
  static constexpr std::uint8_t kNumber = 0;
  static constexpr const char* kName = "extract";
  static constexpr std::uint32_t kVersion = 3;
  static constexpr int kOrder = 10;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = true;
};

}  // namespace coxswain::jobs
