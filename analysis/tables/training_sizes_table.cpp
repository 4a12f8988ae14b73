#include <limits>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/training_sizes.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {

Table training_sizes_table(const ReportSource& source) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const storage::Results& results = source.results;
  Table table;
  table.name = "training_sizes";
  table.title = "Slopes of vectors that are made of fewer training clusters";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"variant"},
                   {"training clusters"},
                   {"draws"},
                   {"content slope"},
                   {"lowest"},
                   {"highest"},
                   {"of the original's", 2}};
  table.notes = {
      "Each draw is an order of the training clusters, and a vector is made of "
      "the first of them: mean, lowest and highest content slope over the "
      "draws. They share clusters, the more the larger they are, so that their "
      "range is no interval for other training data."};
  const std::vector<Coverage> cells = covered_variants(results);
  for (const TrainingCurve& curve : training_curves(source)) {
    const storage::VariantRow& row = variant_row(source, *curve.original);
    const double original = curve.original->content_slope.estimate;
    const auto add = [&](std::int64_t clusters, std::int64_t draws,
                         const Interval& slopes, const Coverage& of) {
      table.rows.push_back({behaviour_name(results, row.behaviour),
                            std::int64_t{row.layer}, variant_name(results, row),
                            count_cell(clusters), draws, slopes.estimate,
                            slopes.low, slopes.high,
                            slopes.estimate / original});
      table.coverage.push_back(of);
    };
    for (const TrainingSize& size : curve.sizes) {
      Coverage of;
      for (const Steerability* one : size.draws) {
        of += cells[static_cast<std::size_t>(one->variant)];
      }
      add(size.clusters, std::ssize(size.draws), range_of(size), of);
    }
    if (curve.sizes.back().clusters != curve.all_clusters) {
      add(curve.all_clusters, 1, {original, kNaN, kNaN},
          cells[static_cast<std::size_t>(curve.original->variant)]);
    }
  }
  return table;
}

}  // namespace coxswain::analysis
