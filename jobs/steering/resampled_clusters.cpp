#include "jobs/steering/resampled_clusters.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <utility>

#include "jobs/device/philox.hpp"
#include "jobs/steering/balanced_signs.hpp"

namespace coxswain::jobs {
namespace {

// Of each pair what its cluster has.
std::vector<double> of_pairs(const CountedClusters& clusters,
                             const std::vector<double>& of_clusters) {
  std::vector<double> counts;
  for (const std::int64_t cluster : clusters.of_pair) {
    counts.push_back(of_clusters[static_cast<std::size_t>(cluster)]);
  }
  return counts;
}

}  // namespace

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
  return of_pairs(clusters, drawn);
}

std::vector<double> subset_counts(const std::vector<PairCluster>& pairs,
                                  const storage::Key& key, std::int64_t n) {
  const CountedClusters clusters = counted(pairs);
  assert(0 <= n && n <= clusters.size());
  const Strata strata = strata_of(clusters);
  const std::vector<std::uint32_t> random =
      words(key, clusters.size() + std::ssize(strata));
  std::size_t next = 0;
  // By how far they are in their stratum's own order: strata take turns, and
  // where each begins is drawn, so that any of them may be first.
  std::vector<std::pair<double, std::size_t>> order;
  for (const auto& [stratum, members] : strata) {
    const double begin = std::ldexp(static_cast<double>(random[next++]), -32);
    std::vector<std::size_t> left = members;
    for (std::size_t rank = 0; rank < members.size(); ++rank) {
      const auto drawn = left.begin() + static_cast<std::ptrdiff_t>(drawn_place(
                                            random[next++], left.size()));
      order.emplace_back((static_cast<double>(rank) + begin) /
                             static_cast<double>(members.size()),
                         *drawn);
      left.erase(drawn);
    }
  }
  std::ranges::stable_sort(order, {},
                           [](const auto& one) { return one.first; });
  std::vector<double> chosen(clusters.strata.size(), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    chosen[order[static_cast<std::size_t>(i)].second] = 1;
  }
  return of_pairs(clusters, chosen);
}

}  // namespace coxswain::jobs
