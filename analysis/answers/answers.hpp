#pragma once

#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// The answer of a report, the questions in their order: whether vectors steer,
// what decompositions keep of them, whether what an SAE names for them differs
// from what it names for a zero vector, which of the two reasons of
// arXiv:2411.08790 holds, what is weak or missing. Never empty; equal results
// give equal text.
std::vector<Answer> answers(const ReportSource& source);

}  // namespace coxswain::analysis
