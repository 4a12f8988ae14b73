#pragma once

#include <cstdint>

#include "jobs/task/field.hpp"
#include "jobs/task/task_kind.hpp"

namespace coxswain::jobs {

// Merges the sums of a behaviour's extract tasks, in plan order, in float64.
// -> vector, positive_mean, negative_mean [n_layers, d_model] f64,
//    median_norm [n_layers] f64, n_pairs [1], n_letters [2] i64; and, with
//    d_A and d_B the means over the pairs whose matching letter is A and B,
//    balanced = (d_A + d_B) / 2 and letter = (d_A - d_B) / 2 [n_layers,
//    d_model] f64: NaN where one of the two letters never matches
struct VectorTask {
  std::int64_t n_layers = 0;

  static auto fields(auto& self) { return std::tuple(keyed(self.n_layers)); }
  bool operator==(const VectorTask&) const = default;
};

template <>
struct KindTraits<VectorTask> {
  static constexpr TaskKind kKind = TaskKind::vector;
  static constexpr const char* kName = "vector";
  static constexpr std::uint32_t kVersion = 2;
  static constexpr int kOrder = 30;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
