#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/statistics/comparison.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table slopes_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "slopes";
  table.title = "Slopes of every variant, seeds and resampled vectors included";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"variant"},
                   {"content slope", 3},
                   {"error", 3},
                   {"detectable", 3},
                   {"letter slope", 3},
                   {"mean slope", 4},
                   {"negative", 2},
                   {"rank correlation", 2},
                   {"curvature", 3},
                   {"vectors"},
                   {"p same", 4, NumberKind::probability},
                   {"n"}};
  const std::vector<Coverage> coverage = covered_variants(results);
  for (const Steerability& one : source.slopes) {
    const auto& variant =
        results.variants[static_cast<std::size_t>(one.variant)];
    table.coverage.push_back(coverage[static_cast<std::size_t>(one.variant)]);
    table.rows.push_back(
        {behaviour_name(results, variant.behaviour),
         std::int64_t{variant.layer}, variant_name(results, variant),
         one.content_slope, one.standard_error,
         smallest_detectable(one.standard_error), one.letter_slope,
         one.mean_slope, one.share_negative, one.rank_correlation,
         one.curvature, std::int64_t{one.n_vectors}, one.p_same,
         std::int64_t{one.n_items - one.n_missing}});
  }
  table.notes = {
      "error: standard error of the content slope; detectable: the smallest "
      "slope that a test at 5 % finds with a power of 80 % at this n.",
      "negative: share of items with a negative slope (anti-steered); rank "
      "correlation: Spearman's of propensity and multiplier, and curvature: of "
      "the parabola, per multiplier squared, both means over items.",
      "vectors: of resampled pairs in the interval; p same: that the slope is "
      "the original's, not adjusted."};
  return table;
}

}  // namespace coxswain::analysis
