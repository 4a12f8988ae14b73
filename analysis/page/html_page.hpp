#pragma once

#include <string>
#include <vector>

#include "analysis/forms/prose.hpp"
#include "analysis/forms/table.hpp"
#include "analysis/page/figures_html.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a page shows; all but the drawings belongs to the caller.
struct Page {
  std::string name;  // of the sweep; empty: not known
  const storage::Results& results;
  const std::vector<Table>& tables;
  std::vector<DrawnFigure> figures;
  Prose methods = {};  // how the numbers were made; may be empty
};

// A report as one page that needs nothing but itself: what was swept and how
// complete it is, contents, figures, tables, methods, and where the numbers
// come from. Equal reports and drawings give equal bytes. Whatever names hold,
// it runs nothing but its own script, and fetches nothing.
std::string html_page(const Page& page);

}  // namespace coxswain::analysis
