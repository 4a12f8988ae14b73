#include "analysis/statistics/simultaneous_band.hpp"

#include <cassert>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

Interval simultaneous_band(const Interval& band, double df, std::size_t n) {
  assert(n >= 1 && "a band is for something");
  const double wider = t_quantile(1 - 0.025 / static_cast<double>(n), df) /
                       t_quantile(0.975, df);
  // A symmetric band lies around 0, not around its estimate.
  const double middle = (band.low + band.high) / 2;
  const double half = (band.high - band.low) / 2 * wider;
  return {band.estimate, middle - half, middle + half};
}

}  // namespace coxswain::analysis
