#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace coxswain::analysis {

// The most clusters of which every pattern of signs is tried, and how many are
// drawn where there are more.
constexpr std::size_t kMostEnumerated = 15;
constexpr std::size_t kDrawnSigns = 19999;

// Patterns of signs, one sign a cluster, for tests that flip them: all where
// the groups together have few clusters, else drawn ones. The sign of a cluster
// is then a hash of group, cluster and draw, so that it is the same whatever
// other clusters there are. Deterministic: a fixed seed. Const and thread-safe.
class ClusterSigns {
 public:
  // Of each group the numbers of its clusters; groups' signs are independent.
  explicit ClusterSigns(const std::map<int, std::set<int>>& clusters);

  // The first pattern flips nothing: 2^G in all, or 1 + those drawn.
  std::size_t n_patterns() const { return n_patterns_; }

  // Sums of values, one for each of some clusters of the group, under the first
  // n patterns.
  std::vector<double> sums(int group, std::span<const int> clusters,
                           std::span<const double> values, std::size_t n) const;

  // Of clusters in two halves, numbered 0 and 1, the sums over each half: in
  // less time than one after the other.
  using TwoSums = std::array<std::vector<double>, 2>;
  TwoSums sums_of_two(int group, std::span<const int> clusters,
                      std::span<const int> halves,
                      std::span<const double> values, std::size_t n) const;

 private:
  struct Group {
    std::size_t place(int cluster) const;
    std::span<const std::uint8_t> pattern(std::size_t i) const;

    std::vector<int> clusters;  // ascending
    // [n_patterns, eights]: a byte for eight clusters, bit j of which flips the
    // sign of the j-th.
    std::size_t eights = 0;
    std::vector<std::uint8_t> flips;
  };
  void enumerate(Group& group, std::size_t first);
  static void draw(Group& group, int number);

  std::size_t n_patterns_ = 0;
  std::map<int, Group> groups_;
};

}  // namespace coxswain::analysis
