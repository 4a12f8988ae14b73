#include <limits>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/feature_activity.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/silenced_features.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

using storage::NormExclusion;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The columns of the paper's right panel: what v turns on without reason.
std::vector<TableCell> cells_of(const SilencedFeature& one) {
  const storage::ActiveFeatureRow* row = one.spurious;
  if (row == nullptr) return {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  return {std::int64_t{row->feature},
          one.cosine,
          row->code,
          row->encoder_projection,
          row->mean_code_positive,
          row->mean_code_negative,
          100 * row->rate_positive,
          100 * row->rate_negative};
}

// Those of the row that comes next.
void name_features(const SilencedFeature& one, Table& table) {
  constexpr std::size_t kFeature = 3, kSpurious = 11;  // columns
  const std::size_t row = table.rows.size();
  const std::int32_t sae = one.row->sae;
  table.features.push_back({row, kFeature, sae, {one.row->feature}});
  if (one.spurious != nullptr) {
    table.features.push_back({row, kSpurious, sae, {one.spurious->feature}});
  }
}

}  // namespace

Table negative_features_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "figure4";
  table.title =
      "The paper's Figure 4: of the features that fire more on x- and reach "
      "against v, "
      "without a code, the one with the largest difference; and what v turns "
      "on instead";
  table.columns = {{"behaviour"},        {"layer"},     {"SAE"},
                   {"feature"},          {"f(x+)", 3},  {"f(x-)", 3},
                   {"<v, E>", 3},        {"<v, D>", 3}, {"f(v)", 3},
                   {"fires on text", 4}, {"f(h)", 3},   {"spurious"},
                   {"cosine", 3},        {"s(v)", 3},   {"<v, S>", 3},
                   {"s(x+)", 3},         {"s(x-)", 3},  {"% of x+", 1},
                   {"% of x-", 1}};
  table.notes = {
      "f(x+), f(x-): means over the training pairs' letters; E: the feature's "
      "column of the encoder, D its decoder row at unit length;",
      "fires on text, f(h): share of the reference text's tokens, and the mean "
      "over them.",
      "spurious: of the features of f(v) that the zero vector's code has not "
      "and that fire on less than 5 % of the x+ and of the x-, the one whose "
      "decoder row",
      "has the lowest cosine to the feature's, if that is below 0; s is its "
      "activation, S its column of the encoder, % of x+ and % of x-: the share "
      "that it fires on."};
  table.cells = covered_kind(results, storage::CellKind::code_differences);
  const FeatureActivities activities(results);
  const NormExclusion left_out = text_exclusion(results, NormExclusion::none);
  if (left_out == NormExclusion::sinks) {
    table.notes.emplace_back("Text: without attention sinks.");
  }
  for (const SilencedFeature& one : silenced_features(results)) {
    const storage::CodeDifferenceRow& row = *one.row;
    const auto& vector =
        results.vectors.at(static_cast<std::size_t>(row.vector));
    const auto text = activities.of(row.sae, row.feature, -1,
                                    storage::NormSource::reference, left_out);
    std::vector<TableCell> cells{behaviour_name(results, vector.behaviour),
                                 std::int64_t{vector.layer},
                                 sae_name(results, row.sae),
                                 std::int64_t{row.feature},
                                 row.mean_code_positive,
                                 row.mean_code_negative,
                                 row.encoder_projection,
                                 row.decoder_projection,
                                 row.code,
                                 text.rate,
                                 text.mean};
    name_features(one, table);
    for (TableCell& cell : cells_of(one)) cells.push_back(std::move(cell));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace coxswain::analysis
