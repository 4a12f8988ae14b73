#pragma once

#include <cstdint>
#include <vector>

#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// One row of tables/norms with its arrays.
struct ActivationNorms {
  storage::NormRow row;
  // How many norms lie in [lower, upper).
  struct Bin {
    double lower = 0, upper = 0;
    std::int64_t count = 0;
  };
  std::vector<Bin> bins;          // ascending, none empty
  std::vector<double> quantiles;  // storage::kNormQuantiles

  double quantile(double share) const;  // one of these; NaN if not computed
  // Share of the norms below `norm`; a bin's are spread evenly over it.
  double share_below(double norm) const;
};

// One entry for each row of tables/norms from `source` without `excluded`
// (names of names/norm_sources and names/norm_exclusions), computed or not.
std::vector<ActivationNorms> activation_norms(const storage::Results& results,
                                              storage::NormSource source,
                                              storage::NormExclusion excluded);

}  // namespace coxswain::analysis
