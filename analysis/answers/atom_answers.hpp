#pragma once

#include <vector>

#include "analysis/answers/steering_answers.hpp"

namespace coxswain::analysis {

// "Do few atoms of it do?": of each decomposition that is judged (its atoms
// were left out one at a time), where its vector steers, whether few atoms are
// enough, which are needed, and whether others would have done as well
// (atom_verdicts.hpp); those of main places first. No entry where nothing was
// judged.
std::vector<Answer> atom_answers(const ReportSource& source);

}  // namespace coxswain::analysis
