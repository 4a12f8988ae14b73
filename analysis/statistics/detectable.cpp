#include "analysis/statistics/detectable.hpp"

#include <cmath>
#include <limits>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::analysis {

double smallest_detectable(double standard_error, double df) {
  if (std::isnan(standard_error) || !(df > 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return (t_quantile(0.975, df) + t_quantile(0.8, df)) * standard_error;
}

}  // namespace coxswain::analysis
