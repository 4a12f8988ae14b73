#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"
#include "jobs/task/sae_source.hpp"

namespace coxswain::jobs {

// What an SAE's features do on activations of some groups: of texts' first
// tokens and of all others, and, if sinks are apart, of the sinks among the
// first and among the others; without texts of the inputs' x+ and x-, which are
// extract tasks' bulk.
// Gives the arrays of activity_result.hpp.
struct ActivityTask {
  ModelSource model;
  SaeSource sae;
  std::vector<std::vector<std::int32_t>> texts;
  std::int32_t layer = 0;  // a block; without texts, row of the inputs' arrays
  bool sinks_apart = false;   // by the task's own norms (without_sinks())
  std::int32_t contexts = 0;  // of each feature, at most

  static auto fields(auto& self) {
    // Tasks that ask for neither keep the keys of when neither could be asked.
    const bool more = self.sinks_apart || self.contexts > 0;
    return std::tuple(keyed_if(!self.texts.empty(), self.model),
                      keyed(self.sae), uncounted(self.texts), keyed(self.layer),
                      keyed_if(more, self.sinks_apart),
                      keyed_if(more, self.contexts));
  }
  bool operator==(const ActivityTask&) const = default;
};

template <>
struct KindTraits<ActivityTask> {
  static constexpr std::uint8_t kNumber = 8;
  static constexpr const char* kName = "activity";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kOrder = 80;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = true;
};

}  // namespace coxswain::jobs
