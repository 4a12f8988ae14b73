#pragma once

#include "analysis/forms/table.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// A table of the report. A new one is one unit in tables/, and its name and its
// line here.
using MakeTable = Table (*)(const ReportSource& source);

// At most 12 rows: each behaviour's original at its main layer
// (main_places.hpp), whole reconstructions as long as it, that of the zero
// vector, the strongest kind of noise; notes say what was left out.
Table main_table(const ReportSource& source);
Table steerability_table(const ReportSource& source);
Table slopes_table(const ReportSource& source);
Table letters_table(const ReportSource& source);
Table training_sizes_table(const ReportSource& source);
Table verdict_table(const ReportSource& source);
Table atoms_kept_table(const ReportSource& source);
Table atoms_table(const ReportSource& source);
Table overlaps_table(const ReportSource& source);
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

// A table, and where a page has it.
struct ReportTable {
  MakeTable make;
  ReportPlace place;
};

// All of them, in the report's order.
inline constexpr ReportTable kReportTables[] = {
    {main_table, {}},
    {steerability_table,
     {Question::steers,
      "Look for originals whose interval leaves 0 and whose slope leaves the "
      "noise: only of these is anything retained."}},
    {slopes_table,
     {Question::steers,
      "Look whether an interval is narrow enough to have found what is not "
      "there: 'detectable' is the smallest slope that it would."}},
    {letters_table,
     {Question::steers,
      "Look for a large share of imbalance: such a vector prefers a letter, "
      "whatever it means."}},
    {training_sizes_table,
     {Question::steers,
      "Look whether the slope still grows with the last doubling of the "
      "training clusters."}},
    {verdict_table,
     {Question::kept,
      "Look at 'enough at': so few atoms carry the vector's effect, and fits "
      "on random ones do not."}},
    {atoms_kept_table,
     {Question::kept,
      "Look from which K on the atoms keep more than the draws beside them."}},
    {atoms_table,
     {Question::kept,
      "Look for atoms that are lost without: a large coefficient alone says "
      "little."}},
    {overlaps_table,
     {Question::kept,
      "Compare each overlap with those among noise: what is no larger comes "
      "whatever the vector."}},
    {top_features_table,
     {Question::why,
      "Look how many of a vector's strongest features are the zero vector's "
      "too: these come from the SAE's bias, not from the vector."}},
    {published_table,
     {Question::why,
      "Look how far our values are from those that the paper prints."}},
    {code_differences_table,
     {Question::why,
      "Look at the column --: features that fire more on the negatives, which "
      "a code without negative numbers cannot say of the vector."}},
    {decomposition_methods_table,
     {Question::kept,
      "Compare a method's cosine on the vector with its cosine on noise: where "
      "they are alike, it says nothing of the vector."}},
    {sae_agreement_table,
     {Question::kept,
      "Look whether two SAEs of a layer agree with each other more than with "
      "the vector."}},
    {planted_table,
     {Question::kept,
      "Look how many atoms a method finds where the right answer is known."}},
    {saes_table,
     {Question::data,
      "Look for a low explained variance: what such an SAE says of a vector is "
      "weak evidence."}},
    {norms_table,
     {Question::why,
      "Look at |v| / median: a vector far shorter than activations is outside "
      "of what the SAE was trained on."}},
    {activation_norms_table,
     {Question::why,
      "Look how few of the text's activations are shorter than the vector."}},
    {default_components_table,
     {Question::why,
      "Look whether the zero vector's strongest feature fires on the vector "
      "more than on what it is made of."}},
    {negative_features_table,
     {Question::why,
      "Look for a feature that tells the two sides apart and has no code "
      "because the vector points away from it."}},
    {contexts_table,
     {Question::why,
      "Look at what the features that the paper's Table 1 names fire on in "
      "ordinary text."}},
};

}  // namespace coxswain::analysis
