#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/measures/noise.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// A kind of noise at one place: how many directions, and where their slopes
// lie.
struct KindBand {
  NoiseKind kind = NoiseKind::random;
  std::size_t seeds = 0;
  Interval band;
  bool symmetric = true;  // around 0
  Interval alone = {};    // the band of one slope, as tables have it
  std::size_t at_once = 1;
};

// The kinds that an original at its place is held against (decides()), in the
// order of kNoiseKinds, without those of too few seeds for a band. Each band is
// wide enough for `n` slopes at once.
std::vector<KindBand> bands_at(const ReportSource& source,
                               const Steerability& original, std::size_t n);

// Of these the kinds whose directions are as long as the original.
std::vector<KindBand> equal_bands_at(const ReportSource& source,
                                     const Steerability& original,
                                     std::size_t n);

// Whether there is a band, and the slope lies outside of all.
bool leaves(const std::vector<KindBand>& bands, double slope);

// Whether there is a band, and the difference of two slopes is larger than that
// of two directions without a meaning: outside of sqrt(2) times the half-width
// of every band, around 0.
bool leaves_differences(const std::vector<KindBand>& bands, double difference);

// "random (+-0.44, 4 directions) and covariance (...) noise"; of several slopes
// at once "random (+-0.44, for 3 at once +-0.52; 4 directions)".
std::string named(const std::vector<KindBand>& bands);

}  // namespace coxswain::analysis
