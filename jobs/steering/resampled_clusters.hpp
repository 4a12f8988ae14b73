#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/pair_cluster.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// How often a resample of a key draws each pair, [n_pairs]: as many clusters,
// with replacement, of each stratum as it has. Precondition: a cluster lies in
// one stratum.
std::vector<double> resampled_counts(const std::vector<PairCluster>& pairs,
                                     const storage::Key& key);

// 1 for each pair of the first n clusters of an order that a key draws, else 0:
// [n_pairs]. More clusters begin with the same ones, and each stratum has about
// its share of them. Preconditions: a cluster lies in one stratum; there are n.
std::vector<double> subset_counts(const std::vector<PairCluster>& pairs,
                                  const storage::Key& key, std::int64_t n);

}  // namespace coxswain::jobs
