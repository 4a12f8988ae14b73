#pragma once

#include <vector>

#include "analysis/figure.hpp"
#include "analysis/steerability.hpp"
#include "analysis/table.hpp"
#include "storage/results_file.hpp"

namespace coxswain::analysis {

// What tables and figures are made of: slopes take long, and several show them.
struct ReportSource {
  const storage::Results& results;
  const std::vector<Steerability>& slopes;  // steerability() of the results
};

// A table of the report. A new one is one unit in tables/ and one line in
// report.cpp.
using MakeTable = Table (*)(const ReportSource& source);

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

// A kind of figures of the report: one for everything, or one a behaviour or
// SAE, whose name is then theirs (part of it a stranger's). A new one is one
// unit in figures/ and one line in report.cpp.
using MakeFigures = std::vector<Figure> (*)(const ReportSource& source);

std::vector<Figure> steerability_by_layer(const ReportSource& source);
std::vector<Figure> slopes_heat_map(const ReportSource& source);
std::vector<Figure> retained_against_cosine(const ReportSource& source);
std::vector<Figure> retained_against_explained_variance(
    const ReportSource& source);
std::vector<Figure> retained_by_sae(const ReportSource& source);
std::vector<Figure> cosines_by_scale(const ReportSource& source);
std::vector<Figure> top_features(const ReportSource& source);
std::vector<Figure> signs(const ReportSource& source);
std::vector<Figure> norms_of_text(const ReportSource& source);
std::vector<Figure> default_component(const ReportSource& source);
std::vector<Figure> default_component_scaled(const ReportSource& source);

// Every table that has rows, in the order they are shown.
std::vector<Table> make_report(const ReportSource& source);

// Every figure that has data; names are those of files, each once. Titles say
// how many cells there are where some are missing.
std::vector<Figure> make_figures(const ReportSource& source);

// "806 of 808 cells ..." if some are missing or quarantined, else empty.
std::string completeness(const storage::Results& results);

}  // namespace coxswain::analysis
