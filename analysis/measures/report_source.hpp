#pragma once

#include <vector>

#include "analysis/measures/steerability.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What tables and figures are made of: slopes take long, and several show them.
struct ReportSource {
  const storage::Results& results;
  const std::vector<Steerability>& slopes;  // steerability() of the results
};

}  // namespace coxswain::analysis
