#pragma once

#include <string>

#include "analysis/forms/prose.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// How the numbers of a report were made, in sentences for a paper: the design
// of each behaviour, intervals, noise and resamples as far as the results have
// them, the families of comparisons with their sizes, and what was fixed before
// there were data, with citations of what was used and of nothing else.
// `first_start`: when the sweep was first started (UTC), empty if not known.
// Without paragraphs where nothing was steered. Equal arguments give equal
// bytes.
Prose methods(const ReportSource& source, const std::string& first_start);

}  // namespace coxswain::analysis
