#include "analysis/measures/noise.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/measures/labels.hpp"
#include "analysis/statistics/comparison.hpp"

namespace coxswain::analysis {

bool is_noise(storage::VariantSource source) {
  using Source = storage::VariantSource;
  return source == Source::random || source == Source::covariance ||
         source == Source::shuffled;
}

std::vector<Noise> noise_of(const storage::Results& results,
                            const std::vector<Steerability>& all) {
  std::vector<Noise> groups;
  for (const Steerability& one : all) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    const storage::VariantSource source = source_of(row);
    if (!is_noise(source)) continue;
    // The seeds of a kind follow each other.
    const auto same = [&](const Noise& group) {
      return group.source == source && group.vector == row.vector &&
             group.dose_rule == row.dose_rule;
    };
    if (groups.empty() || !same(groups.back())) {
      groups.push_back({source, row.vector, row.dose_rule, {}});
    }
    groups.back().seeds.push_back(&one);
  }
  return groups;
}

std::vector<double> content_slopes(const Noise& noise) {
  std::vector<double> slopes;
  for (const Steerability* seed : noise.seeds) {
    // A seed that was not computed says nothing of the spread.
    if (!std::isnan(seed->content_slope.estimate)) {
      slopes.push_back(seed->content_slope.estimate);
    }
  }
  return slopes;
}

Interval band_of(const Noise& noise) {
  return prediction_interval(content_slopes(noise));
}

}  // namespace coxswain::analysis
