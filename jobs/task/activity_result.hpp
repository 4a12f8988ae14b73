#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

// What ActivityTask gives: what each of an SAE's features does on each group of
// activations. Groups: texts' first tokens and all others, and, if sinks are
// apart, the sinks among the first and among the others; without texts x+ and
// x-.
namespace coxswain::jobs::activity_result {

// A token of the task's texts.
struct TextPlace {
  std::int32_t text = 0, position = 0;
};

// [groups]: activations.
inline constexpr NumbersOf<std::int64_t> kTokens{"tokens"};
// [groups, d_sae]: activations that the feature fires on.
inline constexpr NumbersOf<std::int64_t> kActive{"active"};
// Its largest code, [groups, d_sae].
inline constexpr NumbersOf<double> kCodeMost{"code_most"};
// The units of sums, of codes and projections and of squares: each sum is two
// numbers, [2, groups, d_sae], wholes, then rests (exact_parts.hpp), so that
// tasks' sums add up exactly.
inline constexpr double kSumUnit = 1, kSquareUnit = 256;
// Of its codes.
inline constexpr NumbersOf<double> kCodeSum{"code_sum"};
// Of <x, W_enc[:, j]> and of its square.
inline constexpr NumbersOf<double> kProjectionSum{"projection_sum"};
inline constexpr NumbersOf<double> kProjectionSquares{"projection_squares"};

// Where it fires most, but for first tokens and sinks that are apart, largest
// first, [d_sae, contexts]: its code, 0 where there are fewer, and the token.
// Only if there are contexts to keep.
inline constexpr NumbersOf<float> kContextValues{"context_values"};
inline constexpr RowsOf<TextPlace> kContextPlaces{"context_places"};

}  // namespace coxswain::jobs::activity_result
