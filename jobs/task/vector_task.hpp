#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/vector_method.hpp"

namespace coxswain::jobs {

// Merges the sums of a behaviour's extract tasks, in plan order, in float64; a
// method of rows has their bulk in the place of the sums. Gives the arrays of
// vector_result.hpp.
struct VectorTask {
  std::int64_t n_layers = 0;
  // Vectors of the user's own in the place of the means of x+ - x-, [n_layers,
  // d_model]; empty: none.
  std::vector<double> own = {};
  // How they are made of the pairs, where there are none of the user's own.
  VectorMethod method = VectorMethod::mean_difference;

  static auto fields(auto& self) {
    return std::tuple(
        keyed(self.n_layers), keyed_if(!self.own.empty(), self.own),
        keyed_if(self.method != VectorMethod::mean_difference, self.method));
  }
  bool operator==(const VectorTask&) const = default;
};

template <>
struct KindTraits<VectorTask> {
  static constexpr std::uint8_t kNumber = 1;
  static constexpr const char* kName = "vector";
  static constexpr std::uint32_t kVersion = 2;
  static constexpr int kOrder = 30;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
