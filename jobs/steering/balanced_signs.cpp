#include "jobs/steering/balanced_signs.hpp"

#include <cassert>
#include <map>
#include <utility>

#include "jobs/device/philox.hpp"

namespace coxswain::jobs {
namespace {

// The members of one stratum in an order that `random` (a word for each)
// decides, all orders equally likely (Fisher and Yates).
void shuffle(std::vector<std::size_t>& members, const std::uint32_t* random) {
  for (std::size_t left = members.size(); left > 1; --left) {
    const std::uint64_t drawn = (std::uint64_t{*random++} * left) >> 32;
    std::swap(members[left - 1], members[static_cast<std::size_t>(drawn)]);
  }
}

using Strata = std::map<std::int32_t, std::vector<std::size_t>>;

// One exchange from a word for each cluster and one beside them.
void exchange(Strata strata, const std::uint32_t* random, std::int8_t* signs) {
  // The highest bit: Philox has no weak ones, and shuffles look at it first.
  bool left_over_exchanged = (*random++ >> 31) != 0;
  for (auto& [stratum, members] : strata) {
    shuffle(members, random);
    random += members.size();
    std::size_t exchanged = members.size() / 2;
    if (members.size() % 2 != 0) {
      exchanged += left_over_exchanged ? 1 : 0;
      left_over_exchanged = !left_over_exchanged;
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      signs[members[i]] = i < exchanged ? -1 : 1;
    }
  }
}

}  // namespace

CountedClusters counted(const std::vector<PairCluster>& pairs) {
  CountedClusters clusters;
  std::map<std::int32_t, std::int64_t> numbers;
  for (const PairCluster& pair : pairs) {
    const auto [found, added] = numbers.emplace(pair.cluster, clusters.size());
    if (added) clusters.strata.push_back(pair.stratum);
    assert(clusters.strata[static_cast<std::size_t>(found->second)] ==
           pair.stratum);
    clusters.of_pair.push_back(found->second);
  }
  return clusters;
}

std::vector<std::int8_t> balanced_exchanges(const CountedClusters& clusters,
                                            const storage::Key& key,
                                            std::int64_t n) {
  assert(n >= 0);
  const auto width = static_cast<std::size_t>(clusters.size());
  Strata strata;
  for (std::size_t i = 0; i < width; ++i) {
    strata[clusters.strata[i]].push_back(i);
  }
  const std::vector<std::uint32_t> random =
      words(key, n * (std::ssize(clusters.strata) + 1));
  std::vector<std::int8_t> signs(static_cast<std::size_t>(n) * width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(n); ++row) {
    exchange(strata, random.data() + row * (width + 1),
             signs.data() + row * width);
  }
  return signs;
}

std::vector<int> balanced_signs(const std::vector<PairCluster>& pairs,
                                const storage::Key& key) {
  const CountedClusters clusters = counted(pairs);
  const std::vector<std::int8_t> of_cluster =
      balanced_exchanges(clusters, key, 1);
  std::vector<int> signs;
  for (const std::int64_t cluster : clusters.of_pair) {
    signs.push_back(of_cluster[static_cast<std::size_t>(cluster)]);
  }
  return signs;
}

}  // namespace coxswain::jobs
