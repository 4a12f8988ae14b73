#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/pair_cluster.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// The clusters of pairs, counted from 0 in the order in which pairs name them.
struct CountedClusters {
  std::vector<std::int64_t> of_pair;  // [n_pairs]
  std::vector<std::int32_t> strata;   // [clusters]

  std::int64_t size() const { return std::ssize(strata); }
};
// Precondition: a cluster lies in one stratum.
CountedClusters counted(const std::vector<PairCluster>& pairs);

// Exchanges of x+ and x- for whole clusters, +1 or -1 for each: [n, clusters].
// Half of the clusters of each stratum are exchanged, so that what all pairs
// have in common cancels. The cluster left over in a stratum with an odd number
// of them has either sign, and in the next such stratum the other: strata in
// the order of their numbers. All choices are equally likely. Depends on
// `clusters`, `key` and the row alone: more rows begin with the same.
std::vector<std::int8_t> balanced_exchanges(const CountedClusters& clusters,
                                            const storage::Key& key,
                                            std::int64_t n);

// The first of these exchanges, +1 or -1 for each pair.
std::vector<int> balanced_signs(const std::vector<PairCluster>& pairs,
                                const storage::Key& key);

}  // namespace coxswain::jobs
