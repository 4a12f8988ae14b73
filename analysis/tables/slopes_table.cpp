#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/statistics/detectable.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// What stands in the interval of the content slope, or why there is none.
std::string interval_kind(const Steerability& one) {
  const std::string few = too_few(one);
  if (!few.empty()) return few;
  if (one.items.empty()) return "";
  if (!one.training.smooth) return "items: not smooth";
  return one.training.two_level() ? "two-level" : "items";
}

std::vector<TableCell> row_of(const ReportSource& source,
                              const Steerability& one) {
  const storage::Results& results = source.results;
  const auto at = static_cast<std::size_t>(one.variant);
  const storage::VariantRow& variant = results.variants[at];
  const bool resampled = one.training.slopes.size() >= 2;
  return {behaviour_name(results, variant.behaviour),
          std::int64_t{variant.layer},
          variant_name(results, variant),
          one.content_slope,
          interval_kind(one),
          one.standard_error,
          one.df,
          smallest_detectable(one.standard_error, one.df),
          one.answer_slope,
          one.item_weighted,
          one.share_negative,
          one.rank_correlation,
          one.curvature,
          static_cast<std::int64_t>(one.training.slopes.size()),
          resampled ? one.training.bias : kNaN,
          source.comparisons.of[at].p,
          std::int64_t{one.n_items - one.n_missing},
          static_cast<std::int64_t>(one.n_clusters)};
}

}  // namespace

Table slopes_table(const ReportSource& source) {
  Table table;
  table.name = "slopes";
  table.title =
      "Slopes: of every variant, seeds and resampled vectors included";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"variant"},
                   {"content slope", 3},
                   {"interval"},
                   {"error", 4},
                   {"df", 1},
                   {"detectable", 3},
                   {"answer slope", 3},
                   {"mean of items", 4},
                   {"negative", 2},
                   {"rank correlation", 2},
                   {"curvature", 3},
                   {"vectors"},
                   {"bias", 4},
                   {"p", 4, NumberKind::probability},
                   {"n"},
                   {"clusters"}};
  const std::vector<Coverage> coverage = covered_variants(source.results);
  for (const Steerability& one : source.slopes) {
    table.coverage.push_back(coverage[static_cast<std::size_t>(one.variant)]);
    table.made_of.push_back({one.variant});
    table.rows.push_back(row_of(source, one));
  }
  table.notes = {
      "error: standard error of the content slope; df: degrees of freedom of "
      "its t; detectable: the smallest slope that a test at 5 % finds with a "
      "power of 80 % at this error.",
      "interval: of new clusters of items, or two-level: of new training "
      "clusters, too; mean of items: every item counting once, with a "
      "cluster-robust interval (CR2), a check on the content slope where "
      "clusters differ in size.",
      "negative: share of items with a negative slope (anti-steered); rank "
      "correlation: Spearman's of propensity and multiplier, and curvature: of "
      "the parabola, per multiplier squared, both means over items.",
      "vectors: of resampled training clusters; bias: their mean slope less "
      "the slope, and where it is beyond half of the half-width the method is "
      "not smooth in its vector and has no two-level interval.",
      "p: that the slope is the original's, of originals that it is 0; not "
      "adjusted."};
  for (std::string& note : data_notes(source.results)) {
    table.notes.push_back(std::move(note));
  }
  return table;
}

}  // namespace coxswain::analysis
