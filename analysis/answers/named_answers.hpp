#pragma once

#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// "Does the SAE name other features for it than for a zero vector?": a
// sentence for each behaviour and SAE of its main layer (main_places; without
// one, of all vectors). Yes: the code lies further from the zero vector's than
// 95 % of those of noise would, of every kind that was taken apart, for all
// sentences at once. No: the strongest features are the same. Else, and where
// no noise was taken apart, "not shown".
std::vector<Answer> named_answers(const ReportSource& source);

}  // namespace coxswain::analysis
