#pragma once

#include "jobs/decomposition/dictionary.hpp"

namespace coxswain::jobs {

// For each of vectors [n, d_in] float64 the shortest w of min |v - w U| with w
// zero outside its support -> codes [n, d_sae] of unit rows. The support may
// have more atoms than dimensions, dependent atoms (a singular value below
// about 1e-13 of the largest counts as none), or no atom at all. Throws only
// what the dictionary throws.
at::Tensor least_squares(const Dictionary& dictionary,
                         const at::Tensor& vectors,
                         const std::vector<std::vector<std::int64_t>>& support);

}  // namespace coxswain::jobs
