#include "analysis/measures/activation_norms.hpp"

#include <algorithm>
#include <limits>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double ActivationNorms::quantile(double share) const {
  const auto* found = std::ranges::find(storage::kNormQuantiles, share);
  return found == std::ranges::end(storage::kNormQuantiles)
             ? kNaN
             : quantiles.at(static_cast<std::size_t>(
                   found - std::ranges::begin(storage::kNormQuantiles)));
}

double ActivationNorms::share_below(double norm) const {
  if (bins.empty()) return kNaN;
  double below = 0;
  for (const Bin& bin : bins) {
    const double share =
        std::clamp((norm - bin.lower) / (bin.upper - bin.lower), 0.0, 1.0);
    below += share * static_cast<double>(bin.count);
  }
  return below / static_cast<double>(row.count);
}

std::vector<ActivationNorms> activation_norms(const storage::Results& results,
                                              storage::NormSource source,
                                              storage::NormExclusion excluded) {
  std::vector<ActivationNorms> found;
  if (results.norms.empty()) return found;
  const auto array = [&](const char* name) -> const storage::Array& {
    return storage::at(results.arrays, name, "results");
  };
  const auto quantiles = storage::doubles(array("norm_quantiles"));
  const auto offsets = storage::integers(array("norm_histograms/offsets"));
  const auto lower = storage::doubles(array("norm_histograms/lower"));
  const auto upper = storage::doubles(array("norm_histograms/upper"));
  const auto counts = storage::integers(array("norm_histograms/counts"));
  constexpr std::size_t kN = std::size(storage::kNormQuantiles);
  for (std::size_t i = 0; i < results.norms.size(); ++i) {
    const storage::NormRow& row = results.norms[i];
    if (!is(row.source, source) || !is(row.excluded, excluded)) continue;
    ActivationNorms& one = found.emplace_back();
    one.row = row;
    for (std::size_t q = 0; q < kN; ++q) {
      one.quantiles.push_back(quantiles.at(kN * i + q));
    }
    // Rows of the histogram follow each other; offsets say whose they are.
    for (auto bin = static_cast<std::size_t>(offsets.at(i));
         bin < static_cast<std::size_t>(offsets.at(i + 1)); ++bin) {
      one.bins.push_back({lower.at(bin), upper.at(bin), counts.at(bin)});
    }
  }
  return found;
}

}  // namespace coxswain::analysis
