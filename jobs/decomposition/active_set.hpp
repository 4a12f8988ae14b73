#pragma once

#include <ATen/core/Tensor.h>

namespace coxswain::jobs {

// w [m] of min 1/2 |v - w A|^2 + lambda sum(w), w >= 0, for unit rows
// A [m, d_in] and v [d_in], lambda >= 0; exact on the atoms in use, and no
// other atom's A_j . (v - w A) exceeds lambda by more than `tolerance`. The
// active set method of Lawson and Hanson (1974), with lambda added: atoms come
// in one at a time, the steepest first, and leave where their coefficient
// would turn negative. `start` [m] >= 0 says where to begin.
// The method ends: every step is to the optimum of another set of atoms with a
// lower objective, and an atom whose coming did not lower it visibly may not
// come again.
at::Tensor non_negative_minimum(const at::Tensor& A, const at::Tensor& v,
                                double lambda, double tolerance,
                                const at::Tensor& start);

}  // namespace coxswain::jobs
