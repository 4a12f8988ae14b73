#include "jobs/steering/resampled_clusters.hpp"

#include <cassert>
#include <cstdint>

#include "jobs/device/philox.hpp"
#include "jobs/steering/balanced_signs.hpp"

namespace coxswain::jobs {

std::vector<double> resampled_counts(const std::vector<PairCluster>& pairs,
                                     const storage::Key& key) {
  const CountedClusters clusters = counted(pairs);
  const std::vector<std::uint32_t> random =
      words(key, std::ssize(pairs));  // there are no more clusters than that
  std::vector<double> drawn(clusters.strata.size(), 0.0);
  std::size_t next = 0;
  for (const auto& [stratum, members] : strata_of(clusters)) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      assert(next < random.size());
      drawn[members[drawn_place(random[next++], members.size())]] += 1;
    }
  }
  std::vector<double> counts;
  for (const std::int64_t cluster : clusters.of_pair) {
    counts.push_back(drawn[static_cast<std::size_t>(cluster)]);
  }
  return counts;
}

}  // namespace coxswain::jobs
