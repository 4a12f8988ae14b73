#pragma once

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/decomposition/signs.hpp"

namespace coxswain::jobs {

// Solutions for n vectors, and the penalty that each of them had.
struct Lasso {
  at::Tensor codes;   // [n, d_sae] of unit rows
  at::Tensor lambda;  // [n]
};

// min 1/2 |v - w U|^2 + lambda |w|_1 (Tibshirani 1996), w >= 0 for positive
// signs, lambda = fraction max_j |c_j| (positive: max_j c_j, 0 if none is
// positive), c = U v: from fraction 1 on all codes are zero. vectors [n, d_in]
// float64. The atoms in use are solved exactly; U_j . (v - w U) of any other
// (its size, for both signs) exceeds lambda by at most 1e-12 |v|. Throws only
// what the dictionary throws.
Lasso lasso(const Dictionary& dictionary, const at::Tensor& vectors,
            double fraction, Signs signs);

}  // namespace coxswain::jobs
