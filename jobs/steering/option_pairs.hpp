#pragma once

#include <cstdint>
#include <vector>

#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// A question of several options as pairs of two: the matching one against each
// of the others, in the order of the text, under the letters A and B. Options
// are lines that begin with a letter in parentheses; what stands before the
// first and behind the last stays as it is. The pairs are of one group, the
// question's own unless the pair has one; its `other` is nothing to them.
// Throws JobError if the matching answer is none of the options, or there are
// fewer than two.
std::vector<storage::ContrastPair> option_pairs(
    const storage::ContrastPair& pair);

// What is asked of questions: their two answers, or each pair of options.
enum class Options : std::uint8_t { two, pairs };

// The pairs that a line of data stands for.
std::vector<storage::ContrastPair> pairs_of(const storage::ContrastPair& pair,
                                            Options options);

}  // namespace coxswain::jobs
