#pragma once

#include <string>

#include "runner/report/report_files.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// report.html with the drawings that lie in the folder: the same bytes for the
// same results and drawings.
ReportFile page_file(const Report& report, const storage::Results& results,
                     const std::string& folder);

}  // namespace coxswain::runner
