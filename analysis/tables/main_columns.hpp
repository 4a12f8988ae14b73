#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/forms/table.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// What can stand in the main table beside the names of a row.

// A row of the main table: a variant, or all seeds of a kind of noise, whose
// numbers are means over them.
struct MainRow {
  std::span<const Steerability* const> of;  // one, or the seeds; never empty
  bool original = false;
  bool noise = false;
  Interval slope;
};

// "slope", "retained" and so on: what [report] columns can name.
std::vector<std::string> main_column_names();

// The columns that the report chooses, or slope, retained, clusters, n and p.
std::vector<TableColumn> main_columns(const ReportChoices& choices);

// What a reader has to know of these columns, and of rows of noise.
std::string main_columns_note(const ReportChoices& choices);

// The cells of a row, in the order of main_columns().
std::vector<TableCell> main_cells(const ReportSource& source,
                                  const MainRow& row);

}  // namespace coxswain::analysis
