#pragma once

#include "jobs/decomposition/dictionary.hpp"

namespace coxswain::jobs {

// min |v - w U|, w >= 0, for each of vectors [n, d_in] float64 -> codes
// [n, d_sae] of unit rows. `allowed`: for each vector the features it may use
// (each once); empty: all. The atoms in use are independent and
// solved exactly; U_j . (v - w U) <= 1e-12 |v| for all allowed others. Where
// more atoms than dimensions make w ambiguous, one solution of many (at most
// d_in atoms). Throws only what the dictionary throws.
at::Tensor non_negative_least_squares(
    const Dictionary& dictionary, const at::Tensor& vectors,
    const std::vector<std::vector<std::int64_t>>& allowed = {});

}  // namespace coxswain::jobs
