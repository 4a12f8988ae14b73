#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

#include "jobs/decomposition/decomposed_vectors.hpp"
#include "jobs/decomposition/sparse_codes.hpp"

namespace coxswain::jobs {

// [n, 5] of vectors v and what they were rebuilt to, r, both [n, d] float64:
// |r|, |r| / |v|, cosine of r to v, 1 - |v - r|^2 / |v|^2, cosine of v - r to
// v. NaN where a quotient has no meaning: v or r zero, or for the last one
// |v - r| not above `rounding` |v|.
at::Tensor measure(const at::Tensor& vectors, const at::Tensor& rebuilt,
                   double rounding);

// Of a vector with a known answer: how many atoms were planted, how many of
// them are among as many strongest features (`order`: by_size of the row), and
// how many of these have their sign, turned with the scale's. All -1 without.
std::array<std::int64_t, 3> recovered(const SparseCodes& codes,
                                      std::int64_t row,
                                      const std::vector<std::int64_t>& order,
                                      const std::vector<PlantedAtom>& planted,
                                      double scale);

}  // namespace coxswain::jobs
