#include "analysis/measures/noise.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/measures/labels.hpp"
#include "analysis/statistics/noise_band.hpp"

namespace coxswain::analysis {

std::string name_of(NoiseKind kind) {
  switch (kind) {
    case NoiseKind::random:
      return "random";
    case NoiseKind::covariance:
      return "covariance";
    case NoiseKind::shuffled:
      return "shuffled";
    case NoiseKind::stretched:
      return "shuffled, stretched";
  }
  return "?";
}

bool decides(NoiseKind kind) { return kind != NoiseKind::stretched; }

bool is_noise(storage::VariantSource source) {
  using Source = storage::VariantSource;
  return source == Source::random || source == Source::covariance ||
         source == Source::shuffled;
}

bool is_noise(storage::Control control) {
  using storage::Control;
  return control == Control::random || control == Control::covariance ||
         control == Control::shuffled;
}

NoiseKind noise_kind(const storage::VariantRow& variant) {
  using Source = storage::VariantSource;
  const Source source = source_of(variant);
  assert(is_noise(source));
  if (source == Source::random) return NoiseKind::random;
  if (source == Source::covariance) return NoiseKind::covariance;
  return is_stretched(variant) ? NoiseKind::stretched : NoiseKind::shuffled;
}

std::vector<Noise> noise_of(const storage::Results& results,
                            const std::vector<Steerability>& all) {
  std::vector<Noise> groups;
  std::map<std::pair<SteeredPlace, NoiseKind>, std::size_t> at;
  for (const Steerability& one : all) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (!is_noise(source_of(row))) continue;
    const NoiseKind kind = noise_kind(row);
    const auto [place, is_new] =
        at.try_emplace({place_of(row), kind}, groups.size());
    if (is_new) groups.push_back({kind, place_of(row), {}});
    groups[place->second].seeds.push_back(&one);
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

bool is_symmetric(const Noise& noise) {
  return !is(noise.place.operation, storage::Operation::project_out) &&
         (noise.kind == NoiseKind::random ||
          noise.kind == NoiseKind::covariance) &&
         std::ranges::all_of(noise.seeds, [](const Steerability* seed) {
           return seed->symmetric;
         });
}

Interval band_of(const Noise& noise) {
  const std::vector<double> slopes = content_slopes(noise);
  return is_symmetric(noise) ? symmetric_band(slopes)
                             : prediction_interval(slopes);
}

}  // namespace coxswain::analysis
