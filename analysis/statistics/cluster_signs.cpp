#include "analysis/statistics/cluster_signs.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace coxswain::analysis {
namespace {

// Fixed for good: another seed gives other p values for the same results.
constexpr std::uint64_t kSeed = 20100401;

std::uint64_t hash(std::uint64_t x) {  // splitmix64 (Steele et al. 2014)
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// The sum of up to eight values under each pattern of their signs.
std::array<double, 256> table_of(std::span<const double> values) {
  assert(values.size() <= 8);
  std::array<double, 256> table{};
  for (std::size_t flips = 0; flips < table.size(); ++flips) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      table[flips] += (flips >> j & 1U) != 0 ? -values[j] : values[j];
    }
  }
  return table;
}

}  // namespace

ClusterSigns::ClusterSigns(const std::map<int, std::set<int>>& clusters) {
  std::size_t total = 0;
  for (const auto& [group, numbers] : clusters) total += numbers.size();
  const bool exact = total <= kMostEnumerated;
  n_patterns_ = exact ? std::size_t{1} << total : 1 + kDrawnSigns;
  std::size_t first = 0;
  for (const auto& [number, numbers] : clusters) {
    Group& group = groups_[number];
    group.clusters.assign(numbers.begin(), numbers.end());
    group.flips.assign((numbers.size() + 7) / 8,
                       std::vector<std::uint8_t>(n_patterns_, 0));
    if (exact) {
      enumerate(group, first);
    } else {
      draw(group, number);
    }
    first += numbers.size();
  }
}

// Bit c of a pattern's number is the sign of the c-th cluster of all groups;
// this one's begin at `first`.
void ClusterSigns::enumerate(Group& group, std::size_t first) {
  for (std::size_t c = 0; c < group.clusters.size(); ++c) {
    std::uint8_t* flips = group.flips[c / 8].data();
    for (std::size_t i = 0; i < group.flips[c / 8].size(); ++i) {
      flips[i] |= static_cast<std::uint8_t>((i >> (first + c) & 1U) << c % 8);
    }
  }
}

void ClusterSigns::draw(Group& group, int number) {
  for (std::size_t c = 0; c < group.clusters.size(); ++c) {
    const std::uint64_t key =
        hash(hash(kSeed + static_cast<std::uint64_t>(number)) +
             static_cast<std::uint64_t>(group.clusters[c]));
    std::uint8_t* flips = group.flips[c / 8].data() + 1;
    for (std::size_t first = 0; first < kDrawnSigns; first += 64) {
      const std::uint64_t bits = hash(key + first / 64);
      const std::size_t n = std::min<std::size_t>(64, kDrawnSigns - first);
      for (std::size_t i = 0; i < n; ++i) {
        flips[first + i] |=
            static_cast<std::uint8_t>((bits >> i & 1U) << c % 8);
      }
    }
  }
}

std::vector<double> ClusterSigns::sums(int group, std::span<const int> clusters,
                                       std::span<const double> values,
                                       std::size_t n) const {
  assert(clusters.size() == values.size() && n <= n_patterns_);
  const Group& of = groups_.at(group);
  std::vector<double> placed(of.clusters.size(), 0.0);
  for (std::size_t g = 0; g < values.size(); ++g) {
    const auto at = std::ranges::lower_bound(of.clusters, clusters[g]);
    assert(at != of.clusters.end() && *at == clusters[g]);
    placed[static_cast<std::size_t>(at - of.clusters.begin())] = values[g];
  }
  std::vector<double> sums(n, 0.0);
  for (std::size_t eight = 0; eight < of.flips.size(); ++eight) {
    // Eight clusters at a time through a table of their 256 sums: one look-up
    // stands for eight additions.
    const auto of_eight = std::span(placed).subspan(
        8 * eight, std::min<std::size_t>(8, placed.size() - 8 * eight));
    if (std::ranges::all_of(of_eight, [](double x) { return x == 0; })) {
      continue;
    }
    const auto table = table_of(of_eight);
    const std::uint8_t* flips = of.flips[eight].data();
    for (std::size_t i = 0; i < n; ++i) sums[i] += table[flips[i]];
  }
  return sums;
}

}  // namespace coxswain::analysis
