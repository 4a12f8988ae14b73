#pragma once

#include <string>
#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/page/origins.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The answers as a list, each with what the numbers say to its question in a
// word, and links to what it was computed from.
std::string html_answers(const std::vector<Answer>& answers,
                         const storage::Results& results, Origins& origins);

}  // namespace coxswain::analysis
