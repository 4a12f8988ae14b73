#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

// What ExtractTask and ImportTask give: the residual stream at the read
// position of both strings of each pair. Layers are in the task's order.
namespace coxswain::jobs::extract_result {

// Pairs by the letter of their matching answer; one that is answered in words
// is neither's.
struct LetterCounts {
  std::int64_t a = 0, b = 0;
};

// The unit of the sums, each of which is two numbers, [2, ...]: wholes, then
// rests (exact_parts.hpp), so that tasks' sums add up exactly.
inline constexpr double kSumUnit = 1;
// Sums over the pairs, [2, n_layers, d_model], of x+, of x- and of x+ - x-.
inline constexpr NumbersOf<double> kPositiveSum{"positive_sum"};
inline constexpr NumbersOf<double> kNegativeSum{"negative_sum"};
inline constexpr NumbersOf<double> kDifferenceSum{"difference_sum"};
// [2, 2, n_layers, d_model]: of the differences of the pairs whose matching
// letter is A, and of those whose letter is B.
inline constexpr NumbersOf<double> kLetterSums{"letter_sums"};
// One row, [2]: over how many pairs those sums go.
inline constexpr RowsOf<LetterCounts> kLetterCounts{"n_letters"};
// [n_pairs, 2, n_layers]: |x+| and |x-|.
inline constexpr NumbersOf<float> kNorms{"norms"};

// Bulk, if it is kept: [n_layers, n_pairs, 2, d_model], x+ and x-.
inline constexpr NumbersOf<float> kActivations{"activations"};

}  // namespace coxswain::jobs::extract_result
