#pragma once

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/decomposition/signs.hpp"

namespace coxswain::jobs {

// Gradient pursuit (Blumensath and Davies 2008). w = 0, S empty; then
// `iterations` times: r = v - w U, p = U r; S gains the atom of largest |p_j|
// (positive: of largest p_j; the lowest index of equal ones); g = p on S, else
// 0; c = g U; w += g (c . r) / (c . c), no step where c . c = 0; positive:
// w = max(w, 0) after the step. An atom may win again, so there are at most
// `iterations` atoms. vectors [n, d_in] float64 -> codes [n, d_sae] of unit
// rows; one pass over U an iteration for all vectors. Throws only what the
// dictionary throws.
at::Tensor gradient_pursuit(const Dictionary& dictionary,
                            const at::Tensor& vectors, std::int64_t iterations,
                            Signs signs);

}  // namespace coxswain::jobs
