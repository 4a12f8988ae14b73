#include "analysis/measures/steerability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/item_slopes.hpp"
#include "analysis/statistics/item_weighted.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kPoints = 100;  // percentage points

// An interval where there are enough clusters for one.
Interval limited(const Estimate& estimate, bool enough) {
  return enough ? interval_of(estimate) : Interval{estimate.value, kNaN, kNaN};
}

// What all items have of one number.
std::vector<double> column(const VariantItems& of, double ItemSlope::*number) {
  std::vector<double> values;
  values.reserve(of.items.size());
  for (const ItemSlope& item : of.items) values.push_back(item.*number);
  return values;
}

void count_clusters(const ClusterDesign& design, Steerability& one) {
  one.n_clusters = design.n_clusters();
  one.n_first = design.n_first();
  one.n_second = design.n_second();
  one.one_answer_each = design.one_answer_each();
  one.enough = design.enough();
}

void add_slopes(const ClusterDesign& design, Steerability& one) {
  one.content = design.content(one.item_slopes);
  one.content_slope = limited(one.content, one.enough);
  one.standard_error = one.enough ? std::sqrt(one.content.variance) : kNaN;
  one.df = one.enough ? one.content.df : kNaN;
  one.answer_slope = limited(design.answer(one.item_slopes), one.enough);
  std::vector<int> clusters;
  for (const ClusteredItem& item : design.items()) {
    clusters.push_back(item.cluster);
  }
  one.item_weighted =
      limited(item_weighted(one.item_slopes, clusters), one.enough);
}

Interval in_points(const Interval& of) {
  return {kPoints * of.estimate, kPoints * of.low, kPoints * of.high};
}

Steerability estimate(const storage::Results& results, std::int32_t variant,
                      const VariantItems& of, ItemDesigns& designs) {
  Steerability out;
  out.variant = variant;
  out.n_items = of.n_items;
  out.n_missing = of.n_missing;
  out.answer_mass_clean = of.answer_mass_clean;
  out.answer_mass_steered = of.answer_mass_steered;
  out.probability_multiplier = of.probability_multiplier;
  out.symmetric = of.symmetric;
  for (const ItemSlope& item : of.items) out.items.push_back(item.item);
  out.item_slopes = column(of, &ItemSlope::slope);
  out.mean_slope = mean(out.item_slopes);
  out.share_negative =
      static_cast<double>(std::ranges::count_if(
          out.item_slopes, [](double slope) { return slope < 0; })) /
      static_cast<double>(of.items.size());
  out.rank_correlation = mean_present(column(of, &ItemSlope::rank_correlation));
  out.curvature = mean_present(column(of, &ItemSlope::curvature));
  const auto& row = results.variants[static_cast<std::size_t>(variant)];
  // In medians of the training activations' norms, so that layers can be
  // compared.
  out.dose_per_multiplier =
      row.together == 1 &&
              takes_length(static_cast<storage::Operation>(row.operation))
          ? row.norm / results.vectors[static_cast<std::size_t>(row.vector)]
                           .median_activation_norm
          : kNaN;
  const ClusterDesign& design = designs.of(out.items);
  count_clusters(design, out);
  add_slopes(design, out);
  out.probability_change = in_points(limited(
      design.content(column(of, &ItemSlope::probability_change)), out.enough));
  return out;
}

}  // namespace

std::vector<Steerability> steerability(const storage::Results& results) {
  ItemDesigns designs(results);
  std::vector<Steerability> all;
  all.reserve(results.variants.size());
  for (const VariantItems& items : item_slopes(results)) {
    all.push_back(estimate(results, static_cast<std::int32_t>(all.size()),
                           items, designs));
  }
  return all;
}

Originals::Originals(const storage::Results& results,
                     const std::vector<Steerability>& all) {
  for (const Steerability& one : all) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (is(row.source, VariantSource::original)) {
      found_.emplace(place_of(row), &one);
    }
  }
}

const Steerability* Originals::of(const storage::VariantRow& variant) const {
  const auto found = found_.find(place_of(variant));
  return found == found_.end() ? nullptr : found->second;
}

std::string too_few(const Steerability& one) {
  if (one.enough || one.items.empty()) return "";
  // With enough in all there are too few of one answer.
  const bool of_answer =
      one.one_answer_each || one.n_clusters >= kLeastClusters;
  return of_answer ? fmt::format("too few clusters ({} of one answer)",
                                 std::min(one.n_first, one.n_second))
                   : fmt::format("too few clusters ({})", one.n_clusters);
}

}  // namespace coxswain::analysis
