#pragma once

#include <string>
#include <vector>

#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// What a reader of the table of steerability needs beside it, as far as it
// applies to what was swept.
std::vector<std::string> steerability_notes(const ReportSource& source);

}  // namespace coxswain::analysis
