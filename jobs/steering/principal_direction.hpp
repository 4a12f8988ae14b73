#pragma once

#include "jobs/steering/pair_direction.hpp"

namespace coxswain::jobs {

// What the differences x+ - x- vary around.
enum class Around : unsigned char { zero, mean };

// The direction in which differences [n_pairs, d_model] (float64) are largest
// in the mean square, around 0 or around their mean: the first right singular
// vector, by the eigenvectors of the smaller of their two matrices of products.
//
// Around 0 it is what steering-vectors' pca_aggregator and repeng's pca_center
// give, and PCA on differences whose order in the pair is drawn at random
// (RepE) tends to. Around their mean it is repeng's pca_diff, scikit-learn's
// PCA of the differences: what all pairs have in common is taken out before.
//
// Its sign: around 0 the mean difference `mean` [d_model] projects positively;
// around their mean the majority of the differences does, as in repeng, and in
// a tie the mean difference. None for fewer than two pairs, for differences
// that are all 0 (around their mean: all the same), where the second direction
// is as large as the first to 1e-8 of it, and where nothing decides the sign.
PairDirection principal_direction(const at::Tensor& differences, Around around,
                                  const at::Tensor& mean);

}  // namespace coxswain::jobs
