#pragma once

#include "analysis/forms/table.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// A table of the report. A new one is one unit in tables/ and one line in
// report.cpp.
using MakeTable = Table (*)(const ReportSource& source);

// At most 12 rows: each behaviour's original at its main layer
// (main_places.hpp), whole reconstructions as long as it, that of the zero
// vector, the strongest kind of noise; notes say what was left out.
Table main_table(const ReportSource& source);
Table steerability_table(const ReportSource& source);
Table slopes_table(const ReportSource& source);
Table letters_table(const ReportSource& source);
Table top_features_table(const ReportSource& source);
Table published_table(const ReportSource& source);
Table code_differences_table(const ReportSource& source);
Table decomposition_methods_table(const ReportSource& source);
Table sae_agreement_table(const ReportSource& source);
Table planted_table(const ReportSource& source);
Table saes_table(const ReportSource& source);
Table norms_table(const ReportSource& source);
Table activation_norms_table(const ReportSource& source);
Table default_components_table(const ReportSource& source);
Table negative_features_table(const ReportSource& source);
Table contexts_table(const ReportSource& source);

}  // namespace coxswain::analysis
