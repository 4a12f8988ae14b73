#pragma once

#include <vector>

#include "jobs/task/pair_cluster.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// How often a resample of a key draws each pair, [n_pairs]: as many clusters,
// with replacement, of each stratum as it has. Precondition: a cluster lies in
// one stratum.
std::vector<double> resampled_counts(const std::vector<PairCluster>& pairs,
                                     const storage::Key& key);

}  // namespace coxswain::jobs
