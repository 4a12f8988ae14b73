#include "analysis/measures/default_components.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table default_components_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "figure3";
  table.title =
      "The paper's Figure 3: the strongest feature of the zero vector's code, "
      "and what "
      "activations have of it";
  table.columns = {{"behaviour"},  {"SAE"},       {"feature"},    {"f(0)", 2},
                   {"f(v)", 2},    {"<v, E>", 2}, {"<x+, E>", 2}, {"f(x+)", 2},
                   {"<x-, E>", 2}, {"f(x-)", 2},  {"<h, E>", 2},  {"sd", 2},
                   {"f(h)", 2},    {"fires", 4},  {"tokens"}};
  table.notes = {
      "E: the feature's column of the encoder; x+ and x- the training pairs' "
      "letters, h the reference text but for its first tokens (means); sd of",
      "<h, E>; fires: share of the text's tokens. Where no feature fires on "
      "the zero vector, the strongest of the vector's own code is taken."};
  if (results.activity.empty()) return table;
  if (text_exclusion(results, storage::NormExclusion::first) ==
      storage::NormExclusion::sinks) {
    table.notes.emplace_back(
        "Here h leaves out attention sinks instead of first tokens.");
  }
  constexpr std::size_t kFeature = 2;  // column
  for (const DefaultComponent& one : default_components(results)) {
    table.features.push_back(
        {table.rows.size(), kFeature, one.sae, {one.feature}});
    Coverage coverage = one.code;
    coverage += one.activity;
    table.coverage.push_back(coverage);
    table.rows.push_back(
        {behaviour_name(results, one.behaviour), sae_name(results, one.sae),
         std::int64_t{one.feature}, one.of_zero, one.of_vector, one.projection,
         one.positive.projection, one.positive.mean, one.negative.projection,
         one.negative.mean, one.text.projection, one.text.projection_sd,
         one.text.mean, one.text.rate, count_cell(one.text.tokens)});
  }
  return table;
}

}  // namespace coxswain::analysis
