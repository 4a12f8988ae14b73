#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/sae_source.hpp"

namespace coxswain::jobs {

// Features of an SAE: their decoder rows, and how each is read from the
// residual stream. No inputs. Gives the arrays of features_result.hpp.
struct FeaturesTask {
  SaeSource sae;
  bool subtract_b_dec = false;  // before the stream is encoded
  std::vector<std::int32_t> features;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.sae), keyed(self.subtract_b_dec),
                      keyed(self.features));
  }
  bool operator==(const FeaturesTask&) const = default;
};

template <>
struct KindTraits<FeaturesTask> {
  static constexpr std::uint8_t kNumber = 10;
  static constexpr const char* kName = "features";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kOrder = 57;
  static constexpr bool kTimed = false;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
