#include <map>

#include "analysis/coverage.hpp"
#include "analysis/feature_activity.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"

namespace coxswain::analysis {
namespace {

double difference(const storage::CodeDifferenceRow& row) {
  return row.mean_code_positive - row.mean_code_negative;
}

// What the SAE cannot say of v: the feature that loses most from x- to x+,
// reaches against v, and is silent on it.
bool is_silenced(const storage::CodeDifferenceRow& row) {
  return difference(row) < 0 && row.encoder_projection < 0 && row.code == 0;
}

}  // namespace

Table negative_features_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "figure4";
  table.title =
      "Figure 4: of the features that fire more on x- and reach against v, "
      "without a code, the one with the largest difference";
  table.columns = {{"behaviour"},        {"layer"},     {"SAE"},
                   {"feature"},          {"f(x+)", 3},  {"f(x-)", 3},
                   {"<v, E>", 3},        {"<v, D>", 3}, {"f(v)", 3},
                   {"fires on text", 4}, {"f(h)", 3}};
  table.notes = {
      "f(x+), f(x-): means over the training pairs' letters; E: the feature's "
      "column of the encoder, D its decoder row at unit length;",
      "fires on text, f(h): share of the reference text's tokens, and the mean "
      "over them."};
  table.cells = covered_kind(results, "code-differences");
  const FeatureActivities activities(results);
  std::map<std::pair<std::int32_t, std::int32_t>,
           const storage::CodeDifferenceRow*>
      chosen;
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    if (!is_silenced(row)) continue;
    auto& best = chosen[{row.vector, row.sae}];
    if (best == nullptr || difference(row) < difference(*best)) best = &row;
  }
  for (const auto& [key, row] : chosen) {
    const auto& vector =
        results.vectors.at(static_cast<std::size_t>(row->vector));
    if (vector.resample >= 0) continue;
    const auto text = activities.of(row->sae, row->feature, -1, "reference");
    table.rows.push_back(
        {behaviour_name(results, vector.behaviour), std::int64_t{vector.layer},
         sae_name(results, row->sae), std::int64_t{row->feature},
         row->mean_code_positive, row->mean_code_negative,
         row->encoder_projection, row->decoder_projection, row->code, text.rate,
         text.mean});
  }
  return table;
}

}  // namespace coxswain::analysis
