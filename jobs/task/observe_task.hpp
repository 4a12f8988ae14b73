#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"

namespace coxswain::jobs {

// Norms of the residual stream at every token of some texts, none of them
// empty.
// Gives the arrays of observe_result.hpp.
struct ObserveTask {
  ModelSource model;
  std::vector<std::vector<std::int32_t>> texts;
  std::vector<std::int32_t> layers;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.model), uncounted(self.texts),
                      keyed(self.layers));
  }
  bool operator==(const ObserveTask&) const = default;
};

template <>
struct KindTraits<ObserveTask> {
  static constexpr std::uint8_t kNumber = 7;
  static constexpr const char* kName = "observe";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kOrder = 40;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = true;
};

}  // namespace coxswain::jobs
