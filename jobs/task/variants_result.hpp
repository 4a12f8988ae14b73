#pragma once

#include <cstdint>

#include "jobs/task/feature_gate.hpp"
#include "jobs/task/result_array.hpp"

// What VariantsTask gives: what is added at multiplier 1, in the order of its n
// requests.
namespace coxswain::jobs::variants_result {

inline constexpr NumbersOf<float> kVectors{"vectors"};  // [n, d_model]
inline constexpr NumbersOf<double> kNorm{"norm"};       // [n]
// [n]: to the original vector.
inline constexpr NumbersOf<double> kCosine{"cosine"};
// [n], if any is not: 0 for a request of a vector that its method did not make,
// or of a decomposition that failed, whose vector and numbers are NaN.
inline constexpr NumbersOf<std::int64_t> kAvailable{"available"};
// Where all of them are features that are read each by itself: how, as
// features_result has it.
inline constexpr NumbersOf<float> kEncoders{"encoders"};  // [n, d_model]
inline constexpr RowsOf<FeatureGate> kGates{"gates"};     // [n, 4]

}  // namespace coxswain::jobs::variants_result
