#pragma once

#include "jobs/decomposition/dictionary.hpp"

namespace coxswain::jobs {

// w = U (U^T U + rho I)^-1 v, rho >= 0, the minimum of |v - w U|^2 +
// rho |w|^2 over all atoms; rho = 0 is the shortest w of least |v - w U|.
// Directions in which U^T U has less than d_in eps of its largest eigenvalue
// count as out of every atom's reach. vectors [n, d_in] float64 -> codes
// [n, d_sae] of unit rows. Two passes over U. Throws only what the dictionary
// throws.
at::Tensor ridge(const Dictionary& dictionary, const at::Tensor& vectors,
                 double rho);

}  // namespace coxswain::jobs
