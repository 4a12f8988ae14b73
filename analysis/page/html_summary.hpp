#pragma once

#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The beginning of a page: how complete the results are, in a line, and what
// was swept, in a list. Of many names the first few.
std::string html_summary(const storage::Results& results);

}  // namespace coxswain::analysis
