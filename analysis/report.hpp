#pragma once

#include <vector>

#include "analysis/figure.hpp"
#include "analysis/steerability.hpp"
#include "analysis/table.hpp"
#include "storage/results_file.hpp"

namespace coxswain::analysis {

// A table of the report. A new one is one unit in tables/ and one line in
// report.cpp.
using MakeTable = Table (*)(const storage::Results& results);

Table steerability_table(const storage::Results& results);
Table top_features_table(const storage::Results& results);
Table published_table(const storage::Results& results);
Table code_differences_table(const storage::Results& results);
Table decomposition_methods_table(const storage::Results& results);
Table planted_table(const storage::Results& results);
Table saes_table(const storage::Results& results);
Table norms_table(const storage::Results& results);
Table activation_norms_table(const storage::Results& results);
Table default_components_table(const storage::Results& results);
Table negative_features_table(const storage::Results& results);

// What figures are made of: slopes take long, and several figures show them.
struct FigureSource {
  const storage::Results& results;
  const std::vector<Steerability>& slopes;  // one a variant
};

// A kind of figures of the report: one for everything, or one a behaviour or
// SAE, whose name is then theirs (part of it a stranger's). A new one is one
// unit in figures/ and one line in report.cpp.
using MakeFigures = std::vector<Figure> (*)(const FigureSource& source);

std::vector<Figure> steerability_by_layer(const FigureSource& source);
std::vector<Figure> slopes_heat_map(const FigureSource& source);
std::vector<Figure> retained_against_cosine(const FigureSource& source);
std::vector<Figure> top_features(const FigureSource& source);
std::vector<Figure> signs(const FigureSource& source);
std::vector<Figure> norms_of_text(const FigureSource& source);

// Every table that has rows, in the order they are shown.
std::vector<Table> make_report(const storage::Results& results);

// Every figure that has data; names are those of files, each once. Titles say
// how many cells there are where some are missing.
std::vector<Figure> make_figures(const storage::Results& results);

// "806 of 808 cells ..." if some are missing or quarantined, else empty.
std::string completeness(const storage::Results& results);

}  // namespace coxswain::analysis
