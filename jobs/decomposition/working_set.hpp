#pragma once

#include <cstdint>
#include <vector>

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/decomposition/signs.hpp"

namespace coxswain::jobs {

// min 1/2 |v - w U|^2 + lambda |w|_1 for each vector, w of any sign or
// w >= 0, with lambda = fraction max_j |c_j| (positive: max_j c_j, 0 if none
// is positive), c = U v.
struct SparseProblem {
  Signs signs = Signs::both;
  double fraction = 0;
  // For each vector the features it may use; empty: all of them.
  std::vector<std::vector<std::int64_t>> allowed;
};

// Solutions for n vectors, and the penalty that each of them had.
struct SparseFit {
  at::Tensor codes;   // [n, d_sae] of unit rows
  at::Tensor lambda;  // [n]
};

// Exact on the atoms in use; for every other atom the slope U_j . (v - w U)
// keeps below lambda + 1e-12 |v| (more where rounding says so: `active_set`).
// Each vector is solved on a working set of atoms. Every round takes one pass
// over U for all unfinished vectors and adds the atoms that violate this, the
// worst first and at most as many as the set has (64 at first), so it ends
// when none is left. vectors [n, d_in] float64.
SparseFit solve_on_working_sets(const Dictionary& dictionary,
                                const at::Tensor& vectors,
                                const SparseProblem& problem);

}  // namespace coxswain::jobs
