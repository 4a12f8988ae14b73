#include "analysis/measures/steers.hpp"

#include <cassert>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/measures/noise.hpp"

namespace coxswain::analysis {
namespace {

// A kind of noise, and where its slopes lie.
struct NamedBand {
  NoiseKind kind;
  Interval band;
};

Verdict verdict_of(const Steerability& one,
                   const std::vector<NamedBand>& bands) {
  const Interval& slope = one.content_slope;
  if (std::isnan(slope.estimate)) return {Steers::unknown, "not measured"};
  if (!one.enough) return {Steers::unknown, too_few(one)};
  if (!(slope.low > 0 || slope.high < 0)) {
    return {Steers::no, "interval includes 0"};
  }
  for (const NamedBand& one_kind : bands) {
    if (one_kind.band.low <= slope.estimate &&
        slope.estimate <= one_kind.band.high) {
      return {Steers::no, "within " + name_of(one_kind.kind) + " noise"};
    }
  }
  if (bands.empty()) return {Steers::unknown, "no noise steered"};
  return {Steers::yes, ""};
}

}  // namespace

std::string name_of(Steers steers) {
  return steers == Steers::yes  ? "yes"
         : steers == Steers::no ? "no"
                                : "unknown";
}

std::vector<Verdict> verdicts(const storage::Results& results,
                              const std::vector<Steerability>& slopes) {
  assert(slopes.size() == results.variants.size() && "an entry a variant");
  std::map<SteeredPlace, std::vector<NamedBand>> bands;
  for (const Noise& noise : noise_of(results, slopes)) {
    if (!decides(noise.kind)) continue;
    const Interval band = band_of(noise);
    // Too few seeds for a band: nothing to leave.
    if (std::isnan(band.low)) continue;
    bands[noise.place].push_back({noise.kind, band});
  }
  const Originals originals(results, slopes);
  std::map<const Steerability*, Verdict> known;
  std::vector<Verdict> all;
  all.reserve(slopes.size());
  for (const storage::VariantRow& row : results.variants) {
    const Steerability* original = originals.of(row);
    if (original == nullptr) {
      all.push_back({Steers::unknown, "no original"});
      continue;
    }
    const auto [place, is_new] = known.try_emplace(original);
    if (is_new) {
      place->second = verdict_of(*original, bands[place_of(row)]);
    }
    all.push_back(place->second);
  }
  return all;
}

}  // namespace coxswain::analysis
