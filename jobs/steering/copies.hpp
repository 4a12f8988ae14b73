#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "storage/files/digest.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// What two pairs share that ask the same: the same question, after the same
// exchanges if any, with the same two answers, whichever of them matches, under
// whichever letters they stand, whatever the system text.
// White space and Unicode's ways to write one character make no difference.
storage::Key question_key(const storage::ContrastPair& pair);

// Of each question the number of the first one that it is a copy of, its own
// if it is none.
std::vector<std::size_t> first_copies(const std::vector<storage::Key>& keys);

// Which questions are for testing: the last `n`, but copies of a question are
// all on one side. Where the copies of a question are more than are still to
// be chosen, they stay in training, and the one before is looked at; fewer
// than `n` are chosen if there are not enough. Without copies they are the last
// ones.
std::vector<bool> test_questions(const std::vector<std::size_t>& first_copy,
                                 std::size_t n);

}  // namespace coxswain::jobs
