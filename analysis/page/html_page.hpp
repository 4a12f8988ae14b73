#pragma once

#include <string>
#include <vector>

#include "analysis/answers/answer.hpp"
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
  std::vector<Answer> answers = {};
  // What stands on the first screen, by name. No such table: none does. No
  // figure named: the first of slopes by layer of a behaviour in that table.
  std::string main_table = "main";
  std::string main_figure = "";
};

// A report as one page that needs nothing but itself: on its first screen the
// answer, one figure and one table; then everything else in the order of the
// questions, each table and figure once, with a sentence on what to look for;
// methods; and where the numbers come from, which their rows lead to. Equal
// reports and drawings give equal bytes. Whatever names hold, it runs nothing
// but its own script, and fetches nothing.
std::string html_page(const Page& page);

}  // namespace coxswain::analysis
