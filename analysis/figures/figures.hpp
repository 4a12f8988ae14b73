#pragma once

#include <vector>

#include "analysis/forms/figure.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// A kind of figures of the report: one for everything, or one a behaviour or
// SAE, whose name is then theirs (part of it a stranger's). A new one is one
// unit in figures/ and one line in report.cpp.
using MakeFigures = std::vector<Figure> (*)(const ReportSource& source);

std::vector<Figure> dose_response(const ReportSource& source);
std::vector<Figure> steerability_by_layer(const ReportSource& source);
std::vector<Figure> slopes_heat_map(const ReportSource& source);
std::vector<Figure> retained_against_cosine(const ReportSource& source);
std::vector<Figure> retained_against_explained_variance(
    const ReportSource& source);
std::vector<Figure> retained_against_atoms(const ReportSource& source);
std::vector<Figure> retained_by_sae(const ReportSource& source);
std::vector<Figure> cosines_by_scale(const ReportSource& source);
std::vector<Figure> top_features(const ReportSource& source);
std::vector<Figure> signs(const ReportSource& source);
std::vector<Figure> norms_of_text(const ReportSource& source);
std::vector<Figure> default_component(const ReportSource& source);
std::vector<Figure> default_component_scaled(const ReportSource& source);
std::vector<Figure> silenced_feature(const ReportSource& source);

}  // namespace coxswain::analysis
