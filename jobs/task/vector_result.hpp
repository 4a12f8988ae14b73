#pragma once

#include "jobs/task/extract_result.hpp"
#include "jobs/task/result_array.hpp"

// What VectorTask gives: a behaviour's vectors. Layers are in the order of the
// extract tasks.
namespace coxswain::jobs::vector_result {

using extract_result::LetterCounts;

// [n_layers, d_model]: means over the pairs of x+ - x- (or what the task's
// method makes of them, or the task's own vectors), of x+ and of x-.
inline constexpr NumbersOf<double> kVector{"vector"};
inline constexpr NumbersOf<double> kPositiveMean{"positive_mean"};
inline constexpr NumbersOf<double> kNegativeMean{"negative_mean"};
// With d_A and d_B the means of x+ - x- over the pairs whose matching letter is
// A and B: (d_A + d_B) / 2 and (d_A - d_B) / 2, [n_layers, d_model]. NaN where
// one of the two letters never matches, and of vectors of another method or of
// the task's own.
inline constexpr NumbersOf<double> kBalanced{"balanced"};
inline constexpr NumbersOf<double> kLetter{"letter"};
// [n_layers]: median of |x+| and |x-| without attention sinks.
inline constexpr NumbersOf<double> kMedianNorm{"median_norm"};
// [1]
inline constexpr NumbersOf<std::int64_t> kPairs{"n_pairs"};
// One row, [2]: as the extract tasks' sums have them; a method of rows counts
// none.
inline constexpr RowsOf<LetterCounts> kLetterCounts{"n_letters"};

// Only if the method failed at a layer, whose vector is NaN. [n_layers]: 1 if
// there is a vector, 0 if not. The texts: why, in the order of the layers that
// failed, each ended by a line feed.
inline constexpr NumbersOf<std::int64_t> kAvailable{"available"};
inline constexpr AnyNumbers kFailures{"failures"};

}  // namespace coxswain::jobs::vector_result
