#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "jobs/decomposition/decomposed_vectors.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/task/decompose_result.hpp"

namespace coxswain::jobs {

// Of vectors v and what they were rebuilt to, r, both [n, d] float64; counts of
// negative projections are left 0. NaN where a quotient has no meaning: v or r
// zero, or for residual_cosine |v - r| not above `rounding` |v|.
std::vector<decompose_result::Measures> measure(const at::Tensor& vectors,
                                                const at::Tensor& rebuilt,
                                                double rounding);

// What the row has of the planted atoms (`order`: by_size of the row); their
// signs turn with the scale's.
decompose_result::Truth recovered(const SparseCodes& codes, std::int64_t row,
                                  const std::vector<std::int64_t>& order,
                                  const std::vector<PlantedAtom>& planted,
                                  double scale);

}  // namespace coxswain::jobs
