#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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

// Clusters, in the order of the data, by the number of their stratum.
using Strata = std::map<std::int32_t, std::vector<std::size_t>>;
Strata strata_of(const CountedClusters& clusters);

// Whether the clusters left over in strata with an odd number of them have the
// same sign, or take turns.
enum class LeftOver : std::uint8_t { alike, in_turn };

// Exchanges of x+ and x- for whole clusters, +1 or -1 for each: [n, clusters].
// Half of the clusters of each stratum are exchanged, so that what all pairs
// have in common cancels. Of an odd number one is left over, with either sign.
// With letters as strata that sign, alike, cancels what follows the letter, and
// in turn, what all pairs have in common: both cannot. All choices are equally
// likely. Depends on `clusters`, `key` and the row alone: more rows begin with
// the same.
std::vector<std::int8_t> balanced_exchanges(const CountedClusters& clusters,
                                            LeftOver left_over,
                                            const storage::Key& key,
                                            std::int64_t n);

// How many different ones there are, or `most` if there are more; and each of
// them once.
std::int64_t possible_exchanges(const CountedClusters& clusters,
                                std::int64_t most);
std::vector<std::int8_t> all_exchanges(const CountedClusters& clusters,
                                       LeftOver left_over);

// The first random exchange, left over in turn, +1 or -1 for each pair.
std::vector<int> balanced_signs(const std::vector<PairCluster>& pairs,
                                const storage::Key& key);

}  // namespace coxswain::jobs
