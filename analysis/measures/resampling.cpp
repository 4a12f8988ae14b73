#include "analysis/measures/resampling.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "analysis/measures/steered_place.hpp"
#include "analysis/statistics/two_level.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {
namespace {

using storage::Results;
using storage::VariantRow;
using storage::VariantSource;

// What a variant and its resamples have in common. Of reconstructions: SAE,
// method, parameter, scale and both conventions on b_dec of the decomposition.
using Rebuilt = std::tuple<std::int32_t, std::int32_t, double, double,
                           std::uint8_t, std::uint8_t>;
using Kind = std::tuple<SteeredPlace, std::int32_t, std::int32_t, std::int32_t,
                        std::int32_t, Rebuilt>;

Rebuilt rebuilt_by(const Results& results, const VariantRow& variant) {
  if (variant.decomposition < 0) return {-1, 0, 0, 0, 0, 0};
  const auto& row =
      results.decompositions[static_cast<std::size_t>(variant.decomposition)];
  return {row.sae,   row.method,      row.parameter,
          row.scale, row.b_dec_input, row.b_dec_output};
}

Kind kind_of(const Results& results, const VariantRow& variant) {
  // A resampled vector stands for the original.
  const VariantSource source = is(variant.source, VariantSource::resampled)
                                   ? VariantSource::original
                                   : static_cast<VariantSource>(variant.source);
  // An original's own length is the one that all others are given.
  const std::int32_t norm_rule =
      source == VariantSource::original ? 0 : variant.norm_rule;
  return {place_of(variant), static_cast<std::int32_t>(source),
          norm_rule,         variant.part,
          variant.part_k,    rebuilt_by(results, variant)};
}

std::int32_t resample_of(const VariantRow& variant) {
  return variant.resample >= 0 ? variant.resample : variant.seed;
}

// Clusters of the training pairs of each behaviour, for files that don't say
// it of the vector.
std::vector<std::size_t> trained_clusters(const Results& results) {
  std::vector<std::set<std::int32_t>> clusters(results.behaviours.size());
  for (const storage::ItemRow& item : results.items) {
    if (is(item.split, storage::Split::train)) {
      clusters.at(static_cast<std::size_t>(item.behaviour))
          .insert(item.cluster);
    }
  }
  std::vector<std::size_t> counts;
  for (const auto& one : clusters) counts.push_back(one.size());
  return counts;
}

void add(Steerability& one) {
  std::vector<double> slopes;
  for (const ResampledSlope& each : one.training.slopes) {
    slopes.push_back(each.slope);
  }
  // One resample, or one training cluster, has no spread.
  if (slopes.size() < 2 || one.training.n_clusters < 2 || !one.enough) {
    one.training.slopes.clear();
    return;
  }
  const TwoLevel both = two_level(one.content, slopes, one.training.n_clusters);
  one.training.bias = both.bias;
  one.training.smooth = both.smooth;
  if (!both.smooth) return;
  one.training.estimate = both.estimate;
  one.content_slope = interval_of(both.estimate);
  one.standard_error = std::sqrt(both.estimate.variance);
  one.df = both.estimate.df;
}

}  // namespace

bool is_resampled(const VariantRow& variant) {
  return variant.resample >= 0 ||
         is(variant.source, VariantSource::resampled) ||
         is(variant.source, VariantSource::subset);
}

void add_training(const Results& results, std::vector<Steerability>& all) {
  assert(all.size() == results.variants.size() && "an entry a variant");
  std::map<Kind, std::vector<const Steerability*>> resamples;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const VariantRow& row = results.variants[i];
    if (is_resampled(row) && !is(row.source, VariantSource::subset)) {
      resamples[kind_of(results, row)].push_back(&all[i]);
    }
  }
  if (resamples.empty()) return;
  const std::vector<std::size_t> trained = trained_clusters(results);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const VariantRow& row = results.variants[i];
    if (is_resampled(row)) continue;
    const auto found = resamples.find(kind_of(results, row));
    if (found == resamples.end()) continue;
    Steerability& one = all[i];
    for (const Steerability* each : found->second) {
      // Of other items it would be another slope; one that is no number says
      // nothing.
      if (each->items != one.items || std::isnan(each->content.value)) continue;
      one.training.slopes.push_back(
          {resample_of(
               results.variants[static_cast<std::size_t>(each->variant)]),
           each->content.value});
    }
    std::ranges::sort(one.training.slopes, {}, &ResampledSlope::resample);
    const auto& vector = results.vectors[static_cast<std::size_t>(row.vector)];
    one.training.n_clusters =
        vector.n_clusters >= 0
            ? static_cast<std::size_t>(vector.n_clusters)
            : trained.at(static_cast<std::size_t>(row.behaviour));
    add(one);
  }
}

}  // namespace coxswain::analysis
