#pragma once

#include <vector>

#include "analysis/measures/steerability.hpp"
#include "analysis/statistics/statistics.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// How propensity, logit(matching) - logit(other), follows the multiplier under
// one variant.
struct DoseCurve {
  std::vector<double> multipliers;  // ascending
  // [multipliers]: the mean over clusters as the content slope has it
  // (cluster_design.hpp), with the items' 95 % interval; no limits where there
  // are too few clusters.
  std::vector<Interval> means;
  // [units][multipliers]: the items' own, or the means of clusters.
  std::vector<std::vector<double>> units;
  bool of_clusters = false;  // whether units are clusters
};

// Items, at most, that stand for themselves; of more, clusters do.
constexpr std::size_t kSingleItems = 60;

// One entry for each of `variants`, none of which is nullptr, of the items that
// their slopes are of. Reads the propensities once.
std::vector<DoseCurve> dose_curves(
    const storage::Results& results,
    const std::vector<const Steerability*>& variants);

}  // namespace coxswain::analysis
