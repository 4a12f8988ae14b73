#pragma once

#include <vector>

#include "analysis/answers/steering_answers.hpp"

namespace coxswain::analysis {

// "What do decompositions keep of it?": a sentence a behaviour whose vector
// steers, of all whole reconstructions as long as it. One keeps something if
// the set of ratios is bounded away from 0 and its slope leaves the bands of
// noise of its length, which are wide enough for all reconstructions of the
// answer at once. No: every set is bounded, includes 0 and excludes 1. What was
// not steered or does not steer is "not shown".
std::vector<Answer> kept_answers(const ReportSource& source,
                                 const std::vector<Steering>& steering);

}  // namespace coxswain::analysis
