#include "analysis/page/page_order.hpp"

#include <algorithm>

namespace coxswain::analysis {
namespace {

constexpr QuestionPart kParts[] = {
    {Question::steers, "steers", "Does the vector steer?"},
    {Question::kept, "kept", "What do decompositions keep of it?"},
    {Question::why, "why", "Why: the distribution, or the signs?"},
    {Question::data, "data", "Data and models"},
    {Question::other, "others", "Other tables and figures"}};

// A row of what a page knows by name.
struct Known {
  std::string_view name;
  Question question;
  const char* look_for;
};

constexpr Known kTables[] = {
    {"steerability", Question::steers,
     "Look for originals whose interval leaves 0 and whose slope leaves the "
     "noise: only of these is anything retained."},
    {"slopes", Question::steers,
     "Look whether an interval is narrow enough to have found what is not "
     "there: 'detectable' is the smallest slope that it would."},
    {"letters", Question::steers,
     "Look for a large share of imbalance: such a vector prefers a letter, "
     "whatever it means."},
    {"decompositions", Question::kept,
     "Compare a method's cosine on the vector with its cosine on noise: where "
     "they are alike, it says nothing of the vector."},
    {"agreement", Question::kept,
     "Look whether two SAEs of a layer agree with each other more than with "
     "the vector."},
    {"planted", Question::kept,
     "Look how many atoms a method finds where the right answer is known."},
    {"table1", Question::why,
     "Look how many of a vector's strongest features are the zero vector's "
     "too: these come from the SAE's bias, not from the vector."},
    {"contexts", Question::why,
     "Look at what the features that the paper's Table 1 names fire on in "
     "ordinary text."},
    {"published", Question::why,
     "Look how far our values are from those that the paper prints."},
    {"table2", Question::why,
     "Look at the column --: features that fire more on the negatives, which "
     "a code without negative numbers cannot say of the vector."},
    {"figure3", Question::why,
     "Look whether the zero vector's strongest feature fires on the vector "
     "more than on what it is made of."},
    {"figure4", Question::why,
     "Look for a feature that tells the two sides apart and has no code "
     "because the vector points away from it."},
    {"norms", Question::why,
     "Look at |v| / median: a vector far shorter than activations is outside "
     "of what the SAE was trained on."},
    {"figure1", Question::why,
     "Look how few of the text's activations are shorter than the vector."},
    {"saes", Question::data,
     "Look for a low explained variance: what such an SAE says of a vector is "
     "weak evidence."}};

constexpr Known kFigures[] = {
    {"dose_response", Question::steers,
     "Look for a line that rises through all multipliers, for most items."},
    {"steerability_by_layer", Question::steers,
     "Look for layers at which the original is outside the grey, and how far "
     "the reconstructions fall below it."},
    {"slopes_heat_map", Question::steers,
     "Look for rows of as much colour as the original's: these steer as it "
     "does."},
    {"retained_against_cosine", Question::kept,
     "Look for points above the dashed line: they keep more than what lies "
     "along the vector."},
    {"retained_against_explained_variance", Question::kept,
     "Look whether what explains more of the vector also keeps more of it."},
    {"retained_against_atoms", Question::kept,
     "Look for the number of atoms from which nothing more is gained."},
    {"retained_by_sae", Question::kept,
     "Look whether one SAE keeps what the others lose."},
    {"cosines_by_scale", Question::why,
     "Look whether a longer vector is taken apart better: then its length was "
     "the reason."},
    {"top_features", Question::why,
     "Look for features in the colour of the zero vector: they say nothing of "
     "the vector."},
    {"signs", Question::why,
     "Look at --, beside what pairs without a meaning would give."},
    {"norms", Question::why,
     "Look how far the vector's line is from the text's norms."},
    {"default_component", Question::why,
     "Look whether the vector lies where activations are not."},
    {"default_component_scaled", Question::why,
     "Look for the scale at which the zero vector's feature gives way."},
    {"silenced_feature", Question::why,
     "Look for what the two sides do and the vector's code does not."}};

Place found(std::span<const Known> known, std::string_view name) {
  const auto at = std::ranges::find(known, name, &Known::name);
  return at == known.end() ? Place{} : Place{at->question, at->look_for};
}

}  // namespace

std::span<const QuestionPart> question_parts() { return kParts; }

Place place_of_table(std::string_view name) { return found(kTables, name); }

Place place_of_figures(std::string_view kind) { return found(kFigures, kind); }

}  // namespace coxswain::analysis
