#pragma once

#include <vector>

#include "analysis/table.hpp"
#include "storage/results_file.hpp"

namespace coxswain::analysis {

// A table of the report. A new one is one unit in tables/ and one line in
// report.cpp.
using MakeTable = Table (*)(const storage::Results& results);

Table steerability_table(const storage::Results& results);
Table top_features_table(const storage::Results& results);
Table code_differences_table(const storage::Results& results);
Table decomposition_methods_table(const storage::Results& results);
Table planted_table(const storage::Results& results);
Table saes_table(const storage::Results& results);
Table norms_table(const storage::Results& results);
Table activation_norms_table(const storage::Results& results);
Table default_components_table(const storage::Results& results);
Table negative_features_table(const storage::Results& results);

// Every table that has rows, in the order they are shown.
std::vector<Table> make_report(const storage::Results& results);

// "806 of 808 cells ..." if some are missing or quarantined, else empty.
std::string completeness(const storage::Results& results);

}  // namespace coxswain::analysis
