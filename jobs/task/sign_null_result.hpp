#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

// What SignNullTask gives.
namespace coxswain::jobs::sign_null_result {

// [behaviours, 4, n_differences + 1]: exchanges in which n of the features that
// differ most have the signs ++, +-, -+ and --, of the difference of mean codes
// and of the encoder projection.
inline constexpr NumbersOf<std::int64_t> kCounts{"counts"};

}  // namespace coxswain::jobs::sign_null_result
