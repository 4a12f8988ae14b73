#include "jobs/steering/resampled_clusters.hpp"

#include <cassert>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "jobs/device/philox.hpp"

namespace coxswain::jobs {
namespace {

// Clusters by stratum, in the order of the data.
using Strata = std::map<std::int32_t, std::vector<std::int32_t>>;

Strata strata_of(const std::vector<PairCluster>& clusters) {
  Strata strata;
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (const auto& [cluster, stratum] : clusters) {
    if (seen.insert({stratum, cluster}).second) {
      strata[stratum].push_back(cluster);
    }
  }
  return strata;
}

}  // namespace

std::vector<double> resampled_counts(const std::vector<PairCluster>& clusters,
                                     const storage::Key& key) {
  std::map<std::int32_t, double> drawn;
  const std::vector<std::uint32_t> random =
      words(key, std::ssize(clusters));  // there are no more clusters than that
  std::size_t next = 0;
  for (const auto& [stratum, members] : strata_of(clusters)) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      assert(next < random.size() && "a cluster is in one stratum");
      const std::uint64_t at = (std::uint64_t{random[next++]} * members.size());
      drawn[members[static_cast<std::size_t>(at >> 32)]] += 1;
    }
  }
  std::vector<double> counts;
  for (const PairCluster& pair : clusters) {
    counts.push_back(drawn[pair.cluster]);
  }
  return counts;
}

}  // namespace coxswain::jobs
