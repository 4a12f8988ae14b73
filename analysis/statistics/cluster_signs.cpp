#include "analysis/statistics/cluster_signs.hpp"

#include <algorithm>
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

// Two sums that are made at once.
using Two = double __attribute__((vector_size(16)));

// The sums of up to eight values under each pattern of their signs: of all
// eights one after the other.
template <typename Value>
class Tables {
 public:
  explicit Tables(std::span<const Value> values)
      : of_((values.size() + 7) / 8 * kPatterns) {
    for (std::size_t first = 0; first < values.size(); first += 8) {
      fill(values.subspan(first,
                          std::min<std::size_t>(8, values.size() - first)),
           &of_[first / 8 * kPatterns]);
    }
  }

  // Eight clusters by one look-up, which stands for eight additions.
  Value sum(std::span<const std::uint8_t> flips) const {
    assert(flips.size() * kPatterns == of_.size());
    Value sum{};
    const Value* table = of_.data();
    for (const std::uint8_t flip : flips) {
      sum += table[flip];
      table += kPatterns;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kPatterns = 256;
  // Each value doubles the patterns that are there.
  static void fill(std::span<const Value> values, Value* table) {
    table[0] = Value{};
    for (std::size_t j = 0; j < values.size(); ++j) {
      const std::size_t n = std::size_t{1} << j;
      for (std::size_t flips = 0; flips < n; ++flips) {
        table[n + flips] = table[flips] - values[j];
        table[flips] += values[j];
      }
    }
  }

  std::vector<Value> of_;
};

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
    group.eights = (numbers.size() + 7) / 8;
    group.flips.assign(n_patterns_ * group.eights, 0);
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
    for (std::size_t i = 0; i < n_patterns_; ++i) {
      group.flips[i * group.eights + c / 8] |=
          static_cast<std::uint8_t>((i >> (first + c) & 1U) << c % 8);
    }
  }
}

void ClusterSigns::draw(Group& group, int number) {
  for (std::size_t c = 0; c < group.clusters.size(); ++c) {
    const std::uint64_t key =
        hash(hash(kSeed + static_cast<std::uint64_t>(number)) +
             static_cast<std::uint64_t>(group.clusters[c]));
    for (std::size_t i = 0; i < kDrawnSigns; i += 64) {
      const std::uint64_t bits = hash(key + i / 64);
      const std::size_t n = std::min<std::size_t>(64, kDrawnSigns - i);
      for (std::size_t bit = 0; bit < n; ++bit) {
        group.flips[(1 + i + bit) * group.eights + c / 8] |=
            static_cast<std::uint8_t>((bits >> bit & 1U) << c % 8);
      }
    }
  }
}

std::size_t ClusterSigns::Group::place(int cluster) const {
  const auto at = std::ranges::lower_bound(clusters, cluster);
  assert(at != clusters.end() && *at == cluster);
  return static_cast<std::size_t>(at - clusters.begin());
}

std::span<const std::uint8_t> ClusterSigns::Group::pattern(
    std::size_t i) const {
  return std::span(flips).subspan(i * eights, eights);
}

std::vector<double> ClusterSigns::sums(int group, std::span<const int> clusters,
                                       std::span<const double> values,
                                       std::size_t n) const {
  assert(clusters.size() == values.size() && n <= n_patterns_);
  const Group& of = groups_.at(group);
  std::vector<double> placed(of.clusters.size(), 0.0);
  for (std::size_t g = 0; g < values.size(); ++g) {
    placed[of.place(clusters[g])] = values[g];
  }
  const Tables<double> tables(placed);
  std::vector<double> sums(n);
  for (std::size_t i = 0; i < n; ++i) sums[i] = tables.sum(of.pattern(i));
  return sums;
}

ClusterSigns::TwoSums ClusterSigns::sums_of_two(int group,
                                                std::span<const int> clusters,
                                                std::span<const int> halves,
                                                std::span<const double> values,
                                                std::size_t n) const {
  assert(clusters.size() == values.size() && n <= n_patterns_);
  assert(halves.size() == values.size());
  const Group& of = groups_.at(group);
  std::vector<Two> placed(of.clusters.size(), Two{});
  for (std::size_t g = 0; g < values.size(); ++g) {
    assert(halves[g] == 0 || halves[g] == 1);
    placed[of.place(clusters[g])][halves[g]] = values[g];
  }
  const Tables<Two> tables(placed);
  TwoSums sums{std::vector<double>(n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    const Two sum = tables.sum(of.pattern(i));
    sums[0][i] = sum[0];
    sums[1][i] = sum[1];
  }
  return sums;
}

}  // namespace coxswain::analysis
