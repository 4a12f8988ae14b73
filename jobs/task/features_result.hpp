#pragma once

#include "jobs/task/feature_gate.hpp"
#include "jobs/task/result_array.hpp"

// What FeaturesTask gives, in the order of its n features.
namespace coxswain::jobs::features_result {

inline constexpr NumbersOf<float> kDecoder{"decoder"};  // [n, d_model]
// Where features are read each by itself:
inline constexpr NumbersOf<float> kEncoder{"encoder"};  // [n, d_model]
inline constexpr RowsOf<FeatureGate> kGates{"gates"};   // [n, 4]

}  // namespace coxswain::jobs::features_result
