#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// The two answers that all pairs of a behaviour draw on, without the white
// space around them: A and B for letters, Yes and No, say.
struct TwoAnswers {
  std::string first, second;
  bool operator==(const TwoAnswers&) const = default;
};

// Of letters the first is A. Of words it is the one that is later in byte
// order, so that Yes and True are first, and each of them has to match
// somewhere: where one word always matches and the other never does, there is
// one pair of words and nothing to tell apart. Throws nothing; nullopt where
// there are more than two answers.
std::optional<TwoAnswers> two_answers(
    const std::vector<storage::ContrastPair>& pairs);

// 1 for a pair whose first answer matches, -1 for the second.
std::int8_t matching_answer(const TwoAnswers& answers,
                            const storage::ContrastPair& pair);

}  // namespace coxswain::jobs
