#include "analysis/measures/training_sizes.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"

namespace coxswain::analysis {

std::vector<TrainingCurve> training_curves(const ReportSource& source) {
  const Originals originals(source.results, source.slopes);
  std::map<const Steerability*, std::map<std::int32_t, TrainingSize>> all;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    if (!is(row.source, storage::VariantSource::subset) ||
        std::isnan(one.content_slope.estimate)) {
      continue;
    }
    const Steerability* original = originals.of(row);
    if (original == nullptr || original->items != one.items) continue;
    all[original][row.train_clusters].draws.push_back(&one);
  }
  std::vector<TrainingCurve> curves;
  for (const Steerability& one : source.slopes) {
    const auto found = all.find(&one);
    if (found == all.end()) continue;
    const storage::VariantRow& row = variant_row(source, one);
    TrainingCurve curve{&one, -1, {}};
    curve.all_clusters =
        source.results.vectors[static_cast<std::size_t>(row.vector)].n_clusters;
    for (auto& [clusters, size] : found->second) {
      size.clusters = clusters;
      curve.sizes.push_back(std::move(size));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

Interval range_of(const TrainingSize& size) {
  assert(!size.draws.empty());
  Interval range{0, INFINITY, -INFINITY};
  for (const Steerability* one : size.draws) {
    const double slope = one->content_slope.estimate;
    range.estimate += slope / static_cast<double>(size.draws.size());
    range.low = std::min(range.low, slope);
    range.high = std::max(range.high, slope);
  }
  return range;
}

}  // namespace coxswain::analysis
