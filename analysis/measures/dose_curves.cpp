#include "analysis/measures/dose_curves.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>

#include "analysis/measures/item_designs.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// [items] of one variant, by multiplier.
using ByMultiplier = std::map<double, std::vector<double>>;

std::vector<ByMultiplier> propensities(
    const storage::Results& results,
    const std::vector<const Steerability*>& variants) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> place(results.variants.size(), kNone);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    assert(variants[i] != nullptr);
    place[static_cast<std::size_t>(variants[i]->variant)] = i;
  }
  std::vector<ByMultiplier> all(variants.size());
  for (const storage::PropensityRow& row : results.propensity) {
    const std::size_t at = place[static_cast<std::size_t>(row.variant)];
    if (at == kNone) continue;
    const std::vector<std::int32_t>& items = variants[at]->items;
    const auto item = std::ranges::lower_bound(items, row.item);
    // An item that lacks a number is in no slope, and not here.
    if (item == items.end() || *item != row.item) continue;
    std::vector<double>& values = all[at][row.multiplier];
    values.resize(items.size(), kNaN);
    values[static_cast<std::size_t>(item - items.begin())] =
        double{row.logit_match} - double{row.logit_other};
  }
  return all;
}

DoseCurve curve_of(const ClusterDesign& design, const ByMultiplier& values) {
  DoseCurve curve;
  curve.of_clusters = design.items().size() > kSingleItems;
  curve.units.resize(curve.of_clusters ? design.n_clusters()
                                       : design.items().size());
  for (const auto& [multiplier, of_items] : values) {
    curve.multipliers.push_back(multiplier);
    Interval mean = interval_of(design.content(of_items));
    if (!design.enough()) mean.low = mean.high = kNaN;
    curve.means.push_back(mean);
    const std::vector<double> units =
        curve.of_clusters ? design.cluster_means(of_items) : of_items;
    assert(units.size() == curve.units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      curve.units[i].push_back(units[i]);
    }
  }
  return curve;
}

}  // namespace

std::vector<DoseCurve> dose_curves(
    const storage::Results& results,
    const std::vector<const Steerability*>& variants) {
  const std::vector<ByMultiplier> values = propensities(results, variants);
  ItemDesigns designs(results);
  std::vector<DoseCurve> curves;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    curves.push_back(curve_of(designs.of(variants[i]->items), values[i]));
  }
  return curves;
}

}  // namespace coxswain::analysis
