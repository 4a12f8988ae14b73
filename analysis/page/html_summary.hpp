#pragma once

#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// How complete the results are, in a line, for the top of a page; empty for
// results without cells.
std::string html_state(const storage::Results& results);

// What was swept, in a list. Of many names the first few.
std::string html_summary(const storage::Results& results);

}  // namespace coxswain::analysis
