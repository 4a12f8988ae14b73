#include "jobs/steering/balanced_signs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "jobs/device/philox.hpp"

namespace coxswain::jobs {
namespace {

// The members of one stratum in an order that `random` (a word for each)
// decides, all orders equally likely (Fisher and Yates).
void shuffle(std::vector<std::size_t>& members, const std::uint32_t* random) {
  for (std::size_t left = members.size(); left > 1; --left) {
    std::swap(members[left - 1], members[drawn_place(*random++, left)]);
  }
}

// How many clusters of each stratum are exchanged, in their order.
std::vector<std::size_t> exchanged_in(const Strata& strata, LeftOver left_over,
                                      bool left_over_exchanged) {
  std::vector<std::size_t> counts;
  for (const auto& [stratum, members] : strata) {
    counts.push_back(members.size() / 2);
    if (members.size() % 2 != 0) {
      counts.back() += left_over_exchanged ? 1 : 0;
      if (left_over == LeftOver::in_turn) {
        left_over_exchanged = !left_over_exchanged;
      }
    }
  }
  return counts;
}

bool any_odd(const Strata& strata) {
  return std::ranges::any_of(
      strata, [](const auto& one) { return one.second.size() % 2 != 0; });
}

// One exchange from a word for each cluster and one beside them.
void exchange(Strata strata, LeftOver left_over, const std::uint32_t* random,
              std::int8_t* signs) {
  // The highest bit: Philox has no weak ones, and shuffles look at it first.
  const auto exchanged =
      exchanged_in(strata, left_over, (*random++ >> 31) != 0);
  auto of_stratum = exchanged.begin();
  for (auto& [stratum, members] : strata) {
    shuffle(members, random);
    random += members.size();
    for (std::size_t i = 0; i < members.size(); ++i) {
      signs[members[i]] = i < *of_stratum ? -1 : 1;
    }
    ++of_stratum;
  }
}

// Calls use(signs) with each exchange that has so many exchanged clusters in
// the strata from `stratum` on; `signs` [clusters] has those before.
template <class Use>
void each_exchange(Strata::const_iterator stratum, const Strata& strata,
                   const std::size_t* exchanged,
                   std::vector<std::int8_t>& signs, const Use& use) {
  if (stratum == strata.end()) return use(signs);
  const auto& members = stratum->second;
  std::vector<std::int8_t> order(members.size(), 1);
  std::fill_n(order.begin(), *exchanged, std::int8_t{-1});
  do {
    for (std::size_t i = 0; i < members.size(); ++i) {
      signs[members[i]] = order[i];
    }
    each_exchange(std::next(stratum), strata, exchanged + 1, signs, use);
  } while (std::ranges::next_permutation(order).found);
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

Strata strata_of(const CountedClusters& clusters) {
  Strata strata;
  for (std::size_t i = 0; i < clusters.strata.size(); ++i) {
    strata[clusters.strata[i]].push_back(i);
  }
  return strata;
}

std::vector<std::int8_t> balanced_exchanges(const CountedClusters& clusters,
                                            LeftOver left_over,
                                            const storage::Key& key,
                                            std::int64_t n) {
  assert(n >= 0);
  const auto width = static_cast<std::size_t>(clusters.size());
  const Strata strata = strata_of(clusters);
  const std::vector<std::uint32_t> random =
      words(key, n * (std::ssize(clusters.strata) + 1));
  std::vector<std::int8_t> signs(static_cast<std::size_t>(n) * width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(n); ++row) {
    exchange(strata, left_over, random.data() + row * (width + 1),
             signs.data() + row * width);
  }
  return signs;
}

std::int64_t possible_exchanges(const CountedClusters& clusters,
                                std::int64_t most) {
  const Strata strata = strata_of(clusters);
  double product = any_odd(strata) ? 2 : 1;
  for (const auto& [stratum, members] : strata) {
    // m over m / 2, factor by factor: each product is whole.
    const std::size_t half = members.size() / 2;
    for (std::size_t i = 1; i <= half; ++i) {
      product *= static_cast<double>(members.size() - half + i);
      product /= static_cast<double>(i);
    }
    if (product > static_cast<double>(most)) return most;
  }
  return std::llround(product);
}

std::vector<std::int8_t> all_exchanges(const CountedClusters& clusters,
                                       LeftOver left_over) {
  const Strata strata = strata_of(clusters);
  std::vector<std::int8_t> all, signs(clusters.strata.size(), 1);
  for (const bool left_over_exchanged : {false, true}) {
    if (left_over_exchanged && !any_odd(strata)) break;
    each_exchange(strata.begin(), strata,
                  exchanged_in(strata, left_over, left_over_exchanged).data(),
                  signs, [&](const std::vector<std::int8_t>& one) {
                    all.insert(all.end(), one.begin(), one.end());
                  });
  }
  return all;
}

std::vector<int> balanced_signs(const std::vector<PairCluster>& pairs,
                                const storage::Key& key) {
  const CountedClusters clusters = counted(pairs);
  const std::vector<std::int8_t> of_cluster =
      balanced_exchanges(clusters, LeftOver::in_turn, key, 1);
  std::vector<int> signs;
  for (const std::int64_t cluster : clusters.of_pair) {
    signs.push_back(of_cluster[static_cast<std::size_t>(cluster)]);
  }
  return signs;
}

}  // namespace coxswain::jobs
