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
// keeps below lambda + 1e-12 |v|, more where rounding says so (`active_set`).
// Every round takes one pass over U for all unfinished vectors, fetches for
// each the atoms with the steepest slopes, and lets its active set take in
// what it wants of them, many at a time; it ends when no atom of U is left. A
// small lambda is approached from above, in steps: the atoms in use at one are
// mostly those in use at the next. vectors [n, d_in] float64.
//
// Vectors are solved one a thread, and as many at a time as memory allows. A
// vector's bits depend on neither.
//
// What is reached is certified in the last pass, over all atoms: the duality
// gap is at most 1e-9 of the objective, or no slope exceeds lambda by more than
// 1e-12 |v|, which is all that rounding allows of a very small lambda; with
// lambda 0, where no gap is finite, no slope exceeds 1e-9 |v|. Else throws
// NumbersError.
SparseFit solve_on_working_sets(const Dictionary& dictionary,
                                const at::Tensor& vectors,
                                const SparseProblem& problem);

// How many vectors solve_on_working_sets holds at a time, and the bytes that
// each of them has at most.
std::int64_t most_at_a_time(std::int64_t d_in);
std::int64_t most_bytes_a_vector(std::int64_t d_in);

// The objective 1/2 |rest|^2 + lambda sum less the best lower bound that
// shrinking `rest` to a point of the dual gives. `rest` = v - w U, `sum` =
// |w|_1, `steepest` the largest slope of any atom, lambda > 0.
double duality_gap(const at::Tensor& v, const at::Tensor& rest, double lambda,
                   double sum, double steepest);

}  // namespace coxswain::jobs
