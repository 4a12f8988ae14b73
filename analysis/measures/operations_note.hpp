#pragma once

#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a multiplier is of the operations that a sweep has beside addition; ""
// where there is none.
std::string operations_note(const storage::Results& results);

}  // namespace coxswain::analysis
