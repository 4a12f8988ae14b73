#pragma once

#include "analysis/answers/answer.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// "What is missing or weak?": too few clusters, noise that was not steered or
// of few directions, SAEs that fit badly, missing cells, training and test
// sharing clusters, multipliers without their negatives, steering that breaks
// the answers, vectors whose own uncertainty is in no interval. Yes if there is
// any.
Answer weakness_answer(const ReportSource& source);

}  // namespace coxswain::analysis
