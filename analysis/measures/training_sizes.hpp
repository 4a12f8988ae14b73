#pragma once

#include <cstdint>
#include <vector>

#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// Slopes of vectors that were made of so many training clusters, one a draw.
struct TrainingSize {
  std::int32_t clusters = 0;
  std::vector<const Steerability*> draws;  // with a content slope; at least one
};

// How a slope grows with the training clusters at one place.
struct TrainingCurve {
  const Steerability* original = nullptr;  // of all clusters
  std::int32_t all_clusters = -1;          // that it has; -1: not known
  std::vector<TrainingSize> sizes;         // ascending
};

// Of every original that has vectors of fewer clusters beside it, in the order
// of the variants. What it points into is the source's.
std::vector<TrainingCurve> training_curves(const ReportSource& source);

// Mean, smallest and largest slope over the draws.
Interval range_of(const TrainingSize& size);

}  // namespace coxswain::analysis
