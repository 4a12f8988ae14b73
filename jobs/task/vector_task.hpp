#pragma once

#include <cstdint>

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

}  // namespace coxswain::jobs
