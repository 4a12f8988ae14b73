#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// An item as far as its independence of others goes.
struct ClusteredItem {
  // Which of the data's two answers matches: 1 the first, -1 the second. 0: the
  // items draw on more than two answers.
  int answer = 0;
  int cluster = 0;  // items that are not independent share it
  auto operator<=>(const ClusteredItem&) const = default;
};

// A mean with the variance of it and that variance's degrees of freedom. NaN
// where there is none.
struct Estimate {
  double value = 0, variance = 0, df = 0;
};

// Fewer clusters have no interval, and neither has data with fewer of either
// answer where clusters have one of two.
constexpr int kLeastClusters = 6, kLeastOfAnswer = 4;

// How a set of items falls into clusters, and what that makes of numbers that
// the items have. Every cluster counts once, however many items it has.
//
// Without two answers, or where every cluster has both: content is the mean of
// the cluster means (of a cluster with both answers, of its two answers' means)
// with t of G - 1 degrees of freedom (Ibragimov and Mueller 2010). Where a
// cluster has one of two answers: content = (mean_A + mean_B) / 2, variance =
// (s_A^2 / G_A + s_B^2 / G_B) / 4, Welch's degrees of freedom.
//
// Where some clusters have both and some have one: the same content, and the
// cluster-robust variance of it (CR2 of Bell and McCaffrey 2002), which is
// sum_g (e_Ag / sqrt(G_A (G_A - 1)) + e_Bg / sqrt(G_B (G_B - 1)))^2 / 4 with
// e_Ag what cluster g's mean for A is above the mean of these, 0 without one;
// and the fewer of G_A - 1 and G_B - 1 degrees of freedom. Both variances above
// are this one's limits.
//
// Const and thread-safe.
class ClusterDesign {
 public:
  // Items have two answers (1, -1) or none (0), not some of each.
  explicit ClusterDesign(std::vector<ClusteredItem> items);

  const std::vector<ClusteredItem>& items() const { return items_; }
  std::size_t n_clusters() const { return clusters_.size(); }
  // Whether the items draw on two answers, each cluster on one of them.
  bool one_answer_each() const;
  // Clusters that the first and the second answer are in; 0 without two.
  std::size_t n_first() const { return n_first_; }
  std::size_t n_second() const { return n_second_; }
  // Whether there are enough clusters for an interval: at least 6, and at least
  // 4 of either answer where some cluster has one alone.
  bool enough() const;

  // values [n_items], in the order of items(). NaN of nothing, and where one
  // of two answers has no item. Variance and df are NaN where G < 2, and where
  // one of two answers has fewer than 2 clusters.
  Estimate content(std::span<const double> values) const;
  // Half of what the first answer has more than the second: what follows the
  // answer and not the content. NaN without two answers.
  Estimate answer(std::span<const double> values) const;
  // The covariance of the content of two sets of values; of one set with itself
  // the variance of content().
  double covariance(std::span<const double> a, std::span<const double> b) const;
  // Clusters' own means, [n_clusters] ascending by cluster number: what sign
  // flips flip. Of a cluster with both answers the mean of their means.
  std::vector<double> cluster_means(std::span<const double> values) const;
  // The number and the answer (0: both, or none) of each of these clusters.
  const std::vector<int>& clusters() const { return clusters_; }
  const std::vector<int>& answers() const { return answers_; }

 private:
  // Items of one cluster and answer.
  struct Cell {
    std::size_t cluster = 0;  // row of clusters_
    int answer = 0;
    double n_items = 0;
  };
  // Means of cells over clusters, by answer + 1.
  struct Means {
    std::vector<double> cells;  // [cells_]
    double by_answer[3] = {0, 0, 0};
  };
  bool two_answers() const { return n_first_ + n_second_ > 0; }
  bool every_cluster_alike() const;
  double n_of(int answer) const;
  Means means_of(std::span<const double> values) const;
  std::vector<double> parts_of(const Means& means, int sign) const;
  double df_of(std::span<const double> parts) const;
  Estimate estimate(std::span<const double> values, int sign) const;

  std::vector<ClusteredItem> items_;
  std::vector<std::size_t> cells_of_items_;
  std::vector<Cell> cells_;  // ascending by cluster
  std::vector<int> clusters_, answers_;
  std::size_t n_first_ = 0, n_second_ = 0;
};

// 95 %: value +- t(0.975, df) sqrt(variance). NaN limits without a variance.
Interval interval_of(const Estimate& estimate);
// Below which `share` of Student's t lies. NaN without degrees of freedom.
double t_quantile(double share, double df);

}  // namespace coxswain::analysis
