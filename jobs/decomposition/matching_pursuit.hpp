#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jobs/decomposition/dictionary.hpp"

namespace coxswain::jobs {

// Solutions for n vectors, and how they came about.
struct Pursuit {
  at::Tensor codes;                              // [n, d_sae] of unit rows
  std::vector<std::vector<std::int64_t>> order;  // atoms as they were chosen
};

// Orthogonal matching pursuit (Pati et al. 1993), signed: r = v; while there
// are fewer than `most` atoms and |r| > tolerance |v|, the atom not chosen yet
// of largest |U_j . r| is added (the lowest index of equal ones), the
// coefficients become those of least squares on all chosen atoms, and r what
// they leave. Stops early where no atom reaches what is left of v. `banned`, of
// each vector, or empty: atoms that are never chosen. vectors
// [n, d_in] float64; they go through one pass over U a step together. Throws
// only what the dictionary throws.
Pursuit matching_pursuit(
    const Dictionary& dictionary, const at::Tensor& vectors, std::int64_t most,
    double tolerance, std::span<const std::vector<std::int64_t>> banned = {});

}  // namespace coxswain::jobs
