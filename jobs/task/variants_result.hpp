#pragma once

#include "jobs/task/result_array.hpp"

// What VariantsTask gives: what is added at multiplier 1, in the order of its n
// requests.
namespace coxswain::jobs::variants_result {

inline constexpr NumbersOf<float> kVectors{"vectors"};  // [n, d_model]
inline constexpr NumbersOf<double> kNorm{"norm"};       // [n]
// [n]: to the original vector.
inline constexpr NumbersOf<double> kCosine{"cosine"};

}  // namespace coxswain::jobs::variants_result
