#pragma once

#include <vector>

#include "analysis/forms/figure.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// A kind of figures of the report: one for everything, or one a behaviour or
// SAE, whose name is then theirs (part of it a stranger's). A new one is one
// unit in figures/, and its name and its line here.
using MakeFigures = std::vector<Figure> (*)(const ReportSource& source);

std::vector<Figure> dose_response(const ReportSource& source);
std::vector<Figure> steerability_by_layer(const ReportSource& source);
std::vector<Figure> slopes_heat_map(const ReportSource& source);
std::vector<Figure> training_sizes(const ReportSource& source);
std::vector<Figure> retained_against_cosine(const ReportSource& source);
std::vector<Figure> retained_against_explained_variance(
    const ReportSource& source);
std::vector<Figure> retained_against_atoms(const ReportSource& source);
std::vector<Figure> atoms_kept(const ReportSource& source);
std::vector<Figure> atoms_needed(const ReportSource& source);
std::vector<Figure> retained_by_sae(const ReportSource& source);
std::vector<Figure> cosines_by_scale(const ReportSource& source);
std::vector<Figure> top_features(const ReportSource& source);
std::vector<Figure> signs(const ReportSource& source);
std::vector<Figure> norms_of_text(const ReportSource& source);
std::vector<Figure> default_component(const ReportSource& source);
std::vector<Figure> default_component_scaled(const ReportSource& source);
std::vector<Figure> silenced_feature(const ReportSource& source);

// A kind of figures, and where a page has them.
struct ReportFigures {
  MakeFigures make;
  ReportPlace place;
};

// All of them, in the report's order.
inline constexpr ReportFigures kReportFigures[] = {
    {dose_response,
     {Question::steers,
      "Look for a line that rises through all multipliers, for most items."}},
    {steerability_by_layer,
     {Question::steers,
      "Look for layers at which the original is outside the grey, and how far "
      "the reconstructions fall below it."}},
    {slopes_heat_map,
     {Question::steers,
      "Look for rows of as much colour as the original's: these steer as it "
      "does."}},
    {training_sizes,
     {Question::steers,
      "Look whether the line is flat at its end: more training data would "
      "change little."}},
    {retained_against_cosine,
     {Question::kept,
      "Look for points above the dashed line: they keep more than what lies "
      "along the vector."}},
    {retained_against_explained_variance,
     {Question::kept,
      "Look whether what explains more of the vector also keeps more of it."}},
    {retained_against_atoms,
     {Question::kept,
      "Look for the number of atoms from which nothing more is gained."}},
    {atoms_kept,
     {Question::kept,
      "Look where the line leaves the grey: from there on it matters which "
      "atoms they are."}},
    {atoms_needed,
     {Question::kept,
      "Look for atoms high up: the vector does less without them, whatever "
      "they do alone."}},
    {retained_by_sae,
     {Question::kept, "Look whether one SAE keeps what the others lose."}},
    {cosines_by_scale,
     {Question::why,
      "Look whether a longer vector is taken apart better: then its length was "
      "the reason."}},
    {top_features,
     {Question::why,
      "Look for features in the colour of the zero vector: they say nothing of "
      "the vector."}},
    {signs,
     {Question::why,
      "Look at --, beside what pairs without a meaning would give."}},
    {norms_of_text,
     {Question::why,
      "Look how far the vector's line is from the text's norms."}},
    {default_component,
     {Question::why,
      "Look whether the vector lies where activations are not."}},
    {default_component_scaled,
     {Question::why,
      "Look for the scale at which the zero vector's feature gives way."}},
    {silenced_feature,
     {Question::why,
      "Look for what the two sides do and the vector's code does not."}},
};

}  // namespace coxswain::analysis
