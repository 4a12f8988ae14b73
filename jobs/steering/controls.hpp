#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// What stands in for a vector, before it is brought to another length:
//   random      z, z_i standard normal
//   covariance  sum_i z_i (x_i - mean of its side) over both sides' activations
//               x: around one mean for both the vector would be in its own
//               noise
//   shuffled    (1/n) sum_i s_i (x_i+ - x_i-), s the balanced_signs(): the
//               vector that the n pairs would have made with the labels of half
//               of their clusters exchanged
//   resampled   (1/n) sum_i (x_i+ - x_i-) over the n pairs of as many clusters,
//               drawn with replacement within each stratum, as there are
//   subset      the same over the pairs of the first n_clusters of an order of
//               the clusters
// `pairs` is asked for where activations are needed; `clusters` [n_pairs] is
// read for shuffled, resampled and subset. [d_model] float64. Throws JobError
// for a control that needs more than this.
at::Tensor control_direction(Control control, const storage::Key& key,
                             std::int64_t d_model,
                             const std::function<PairActivations()>& pairs,
                             const std::vector<PairCluster>& clusters,
                             std::int64_t n_clusters = 0);

// The vector in another's length. The zero vector keeps its own: nothing can
// give it one.
at::Tensor with_norm(const at::Tensor& vector, double norm);

// n standard normal numbers of a key, float64.
at::Tensor normal_tensor(const storage::Key& key, std::int64_t n);

}  // namespace coxswain::jobs
