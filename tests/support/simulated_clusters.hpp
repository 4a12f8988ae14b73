#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analysis/statistics/cluster_design.hpp"

namespace coxswain::tests {

// What effects of clusters and of items are like. All have mean 0 and deviation
// 1; `unequal` is the normal one, of which whole clusters have 1/8, 1/4, 1/2, 1
// or 2 times as much, about.
enum class Law { normal, t3, unequal, exponential, lognormal };
constexpr Law kLaws[] = {Law::normal, Law::t3, Law::unequal, Law::exponential,
                         Law::lognormal};
std::string name_of(Law law);
bool is_symmetric(Law law);

// Random numbers that are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  double uniform();  // in (0, 1)
  double normal();
  double draw(Law law);
  std::size_t below(std::size_t n);

 private:
  std::mt19937_64 bits_;
  double spare_ = 0;
  bool has_spare_ = false;
};

// Items in clusters, and how their values are made: content + letter x answer +
// what the cluster has + what the item has of its own. `icc` of the variance is
// the cluster's; where there are answers, half of that is what the cluster's
// items of one answer share.
struct SimulatedClusters {
  std::vector<analysis::ClusteredItem> items =
      {};  // by cluster, then by answer
  Law law = Law::normal;
  double icc = 0;
  double content = 0, letter = 0;
};
std::vector<double> simulated_values(const SimulatedClusters& of,
                                     Random& random);

// How clusters have answers.
enum class Answers { none, both, one, mixed, lopsided };
// `sizes` items in each cluster, of every answer that it has. `one`: every
// second cluster has the first answer. `mixed`: one in three has the first,
// one the second, one both. `lopsided`: one in five has both, the others the
// first; of unequal variances those with both have the most.
std::vector<analysis::ClusteredItem> clustered_items(
    const std::vector<int>& sizes, Answers answers);
// As many clusters of 10 items; of 1 to 12 items, unevenly.
std::vector<int> equal_sizes(int n_clusters);
std::vector<int> uneven_sizes(int n_clusters);

// How often intervals have the true value in them, and how wide they are
// beside those of one who knows the estimate's variance (which is taken from
// the simulated estimates themselves).
class Coverage {
 public:
  void add(const analysis::Interval& interval, double truth);
  double share() const { return covered_ / n_; }
  double relative_width() const;
  double n() const { return n_; }

 private:
  double n_ = 0, covered_ = 0, width_ = 0, squares_ = 0;
};

}  // namespace coxswain::tests
