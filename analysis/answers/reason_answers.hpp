#pragma once

#include <vector>

#include "analysis/answers/steering_answers.hpp"

namespace coxswain::analysis {

// "Why is not all of it kept?": a sentence a behaviour whose vector steers, on
// the two reasons of arXiv:2411.08790. Distribution: vectors lie outside of
// what SAEs were trained on, so that what takes them for steps between
// activations (encode-minus-zero, anchored and so on) moves more than `encode`.
// Signs: codes that cannot be negative lose what the vector reaches against, so
// that all of a signed decomposition moves more than its positive part, or
// among the features that differ most there are more (- -) than for meaningless
// labels. Each is shown by a difference that excludes 0 and is larger than that
// of two directions of noise, for all differences of the answer at once.
std::vector<Answer> reason_answers(const ReportSource& source,
                                   const std::vector<Steering>& steering);

}  // namespace coxswain::analysis
