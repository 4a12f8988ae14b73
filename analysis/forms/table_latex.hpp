#pragma once

#include <string>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// Tables for papers, to be \input. Captions have two lines at most, notes stand
// below. \begin{tabular} in cells stacks lines; no cell ends a row or a table.

// A float as wide as a column: booktabs and tabularx, letters of
// \footnotesize, short headers, limits below their estimates, the first column
// above the rows that it names.
std::string to_latex_column(const Table& table);

// A longtable, which goes on over pages; it is for text of one column. Columns
// that don't fit 121 mm (\textwidth of an article) follow in a further
// longtable, beside those that name rows.
std::string to_latex(const Table& table);

}  // namespace coxswain::analysis
