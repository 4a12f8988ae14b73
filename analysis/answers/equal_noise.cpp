#include "analysis/answers/equal_noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/answers/words.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/statistics/simultaneous_band.hpp"

namespace coxswain::analysis {

std::vector<KindBand> bands_at(const ReportSource& source,
                               const Steerability& original, std::size_t n) {
  const SteeredPlace place = place_of(variant_row(source, original));
  std::vector<KindBand> bands;
  for (const Noise& noise : noise_of(source.results, source.slopes)) {
    if (noise.place != place || !decides(noise.kind)) continue;
    const Interval band = band_of(noise);
    if (std::isnan(band.low)) continue;
    const std::size_t seeds = content_slopes(noise).size();
    const bool symmetric = is_symmetric(noise);
    const std::size_t df = symmetric ? seeds : seeds - 1;
    bands.push_back({noise.kind, seeds,
                     simultaneous_band(band, static_cast<double>(df), n),
                     symmetric, band, n});
  }
  std::ranges::sort(bands, {}, &KindBand::kind);
  return bands;
}

std::vector<KindBand> equal_bands_at(const ReportSource& source,
                                     const Steerability& original,
                                     std::size_t n) {
  std::vector<KindBand> bands = bands_at(source, original, n);
  // Shuffled labels that decide have a length of their own.
  std::erase_if(bands, [](const KindBand& one) {
    return one.kind == NoiseKind::shuffled;
  });
  return bands;
}

bool leaves(const std::vector<KindBand>& bands, double slope) {
  return !bands.empty() && std::ranges::all_of(bands, [&](const KindBand& one) {
    return slope < one.band.low || slope > one.band.high;
  });
}

bool leaves_differences(const std::vector<KindBand>& bands, double difference) {
  return !bands.empty() && std::ranges::all_of(bands, [&](const KindBand& one) {
    const double half = (one.band.high - one.band.low) / 2;
    return std::abs(difference) > std::numbers::sqrt2 * half;
  });
}

std::string named(const std::vector<KindBand>& bands) {
  std::vector<std::string> parts;
  for (const KindBand& one : bands) {
    const auto limits = [&](const Interval& band) {
      return one.symmetric ? "+-" + number_words((band.high - band.low) / 2)
                           : limit_words(band);
    };
    parts.push_back(
        one.at_once > 1
            ? fmt::format("{} ({}, for {} at once {}; {})", name_of(one.kind),
                          limits(one.alone), one.at_once, limits(one.band),
                          counted(one.seeds, "direction"))
            : fmt::format("{} ({}, {})", name_of(one.kind), limits(one.band),
                          counted(one.seeds, "direction")));
  }
  return listed(parts) + " noise";
}

}  // namespace coxswain::analysis
