#pragma once

#include <vector>

#include "analysis/figures/figures.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

// Every table that has rows, in the order they are shown.
std::vector<Table> make_report(const ReportSource& source);

// Every figure that has data; names are those of files, each once. Titles say
// how many cells there are where some are missing.
std::vector<Figure> make_figures(const ReportSource& source);

}  // namespace coxswain::analysis
