#pragma once

#include <string>
#include <vector>

#include "analysis/measures/report_choices.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// What a report of these results singles out: what the sweep's [report] says,
// as far as `set` ("report.layers=[15]") does not say otherwise. Throws
// ProgramError (bad_sweep) for what the results have nothing of.
analysis::ReportChoices report_choices(const storage::Results& results,
                                       const std::vector<std::string>& set);

}  // namespace coxswain::runner
