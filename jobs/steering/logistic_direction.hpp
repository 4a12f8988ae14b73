#pragma once

#include "jobs/steering/pair_direction.hpp"

namespace coxswain::jobs {

// The weights w of the logistic regression that tells x+ from x-, both
// [n_pairs, d_model] float64: those of the least
//
//     |w|^2 / 2 + sum_i log(1 + exp(-y_i (<w, x_i> + b)))
//
// over both sides' x, y = 1 of x+ and -1 of x-: scikit-learn's
// LogisticRegression with C = 1 and an intercept b, which is free; x is not
// scaled. (steering-vectors' logistic_aggregator has no intercept.)
//
// By Newton's method in the span of the rows, so that it costs n_pairs^2
// d_model where there are fewer rows than numbers in each. It stops when a
// whole step is at most 1e-10 as long as w: the next one would be about the
// square of that. None if it has not after 100 steps, or w is 0.
PairDirection logistic_direction(const at::Tensor& positive,
                                 const at::Tensor& negative);

}  // namespace coxswain::jobs
