#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"

namespace coxswain::jobs {

// Activations that were made before, in an extract task's place, with the same
// results.
struct ImportTask {
  std::string path;    // as storage::open_stored_activations() takes it
  std::string digest;  // SHA-256 of the file
  std::string behaviour;
  std::vector<std::int32_t> layers;

  static auto fields(auto& self) {
    return std::tuple(unkeyed(self.path), keyed(self.digest),
                      keyed(self.behaviour), keyed(self.layers));
  }
  bool operator==(const ImportTask&) const = default;
};

template <>
struct KindTraits<ImportTask> {
  static constexpr std::uint8_t kNumber = 5;
  static constexpr const char* kName = "import";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kOrder = 20;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
