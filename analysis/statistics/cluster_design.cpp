#include "analysis/statistics/cluster_design.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double sum_of_products(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

ClusterDesign::ClusterDesign(std::vector<ClusteredItem> items)
    : items_(std::move(items)) {
  std::map<std::pair<int, int>, std::size_t> cells;
  for (const ClusteredItem& item : items_) {
    assert(-1 <= item.answer && item.answer <= 1);
    assert((item.answer == 0) == (items_.front().answer == 0) &&
           "two answers or none");
    cells[{item.cluster, item.answer}] = 0;
  }
  for (auto& [key, index] : cells) {
    const auto& [cluster, answer] = key;
    index = cells_.size();
    if (clusters_.empty() || clusters_.back() != cluster) {
      clusters_.push_back(cluster);
      answers_.push_back(answer);
    } else {
      answers_.back() = 0;  // the second one of its answers
    }
    cells_.push_back({clusters_.size() - 1, answer, 0});
    n_first_ += answer == 1 ? 1 : 0;
    n_second_ += answer == -1 ? 1 : 0;
  }
  for (const ClusteredItem& item : items_) {
    cells_of_items_.push_back(cells.at({item.cluster, item.answer}));
    cells_[cells_of_items_.back()].n_items += 1;
  }
}

bool ClusterDesign::one_answer_each() const {
  return two_answers() && n_first_ + n_second_ == n_clusters();
}

bool ClusterDesign::every_cluster_alike() const {
  return !two_answers() ||
         (n_first_ == n_clusters() && n_second_ == n_clusters());
}

bool ClusterDesign::enough() const {
  return n_clusters() >= kLeastClusters &&
         (every_cluster_alike() ||
          std::min(n_first_, n_second_) >= kLeastOfAnswer);
}

double ClusterDesign::n_of(int answer) const {
  return static_cast<double>(answer == 0   ? n_clusters()
                             : answer == 1 ? n_first_
                                           : n_second_);
}

ClusterDesign::Means ClusterDesign::means_of(
    std::span<const double> values) const {
  assert(values.size() == items_.size());
  Means means;
  means.cells.assign(cells_.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    means.cells[cells_of_items_[i]] += values[i];
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    means.cells[i] /= cells_[i].n_items;
    means.by_answer[cells_[i].answer + 1] += means.cells[i];
  }
  for (const int answer : {-1, 0, 1}) {
    means.by_answer[answer + 1] /= n_of(answer);  // 0 / 0 is NaN: no cluster
  }
  return means;
}

// What each cluster has in the estimate, such that the sum of squares is the
// variance.
std::vector<double> ClusterDesign::parts_of(const Means& means,
                                            int sign) const {
  std::vector<double> parts(n_clusters(), 0.0);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const int answer = cells_[i].answer;
    const double n = n_of(answer);
    const double share = answer == 0 ? 1 : answer == 1 ? 0.5 : sign * 0.5;
    parts[cells_[i].cluster] += share *
                                (means.cells[i] - means.by_answer[answer + 1]) /
                                std::sqrt(n * (n - 1));
  }
  return parts;
}

double ClusterDesign::df_of(std::span<const double> parts) const {
  const auto n = static_cast<double>(n_clusters());
  if (every_cluster_alike()) return n < 2 ? kNaN : n - 1;
  const double df_a = n_of(1) - 1;
  const double df_b = n_of(-1) - 1;
  const double fewer = std::min(df_a, df_b);
  if (fewer < 1) return kNaN;
  if (!one_answer_each()) return fewer;
  double a = 0, b = 0;
  for (std::size_t g = 0; g < parts.size(); ++g) {
    (answers_[g] == 1 ? a : b) += parts[g] * parts[g];
  }
  // Welch 1947. Without any variance he has no answer.
  const double both = a + b;
  return both == 0 ? fewer : both * both / (a * a / df_a + b * b / df_b);
}

Estimate ClusterDesign::estimate(std::span<const double> values,
                                 int sign) const {
  const Means means = means_of(values);
  const double value =
      two_answers() ? (means.by_answer[2] + sign * means.by_answer[0]) / 2
                    : means.by_answer[1];
  const std::vector<double> parts = parts_of(means, sign);
  const double df = df_of(parts);
  if (std::isnan(df)) return {value, kNaN, kNaN};
  return {value, sum_of_products(parts, parts), df};
}

Estimate ClusterDesign::content(std::span<const double> values) const {
  return estimate(values, 1);
}

Estimate ClusterDesign::answer(std::span<const double> values) const {
  if (!two_answers()) return {kNaN, kNaN, kNaN};
  return estimate(values, -1);
}

double ClusterDesign::covariance(std::span<const double> a,
                                 std::span<const double> b) const {
  const std::vector<double> of_a = parts_of(means_of(a), 1);
  const std::vector<double> of_b = parts_of(means_of(b), 1);
  if (std::isnan(df_of(of_a))) return kNaN;
  return sum_of_products(of_a, of_b);
}

std::vector<double> ClusterDesign::cluster_means(
    std::span<const double> values) const {
  const Means means = means_of(values);
  std::vector<double> out(n_clusters(), 0.0);
  std::vector<double> n(n_clusters(), 0.0);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    out[cells_[i].cluster] += means.cells[i];
    n[cells_[i].cluster] += 1;
  }
  for (std::size_t g = 0; g < out.size(); ++g) out[g] /= n[g];
  return out;
}

Interval interval_of(const Estimate& estimate) {
  const double half =
      t_quantile(0.975, estimate.df) * std::sqrt(estimate.variance);
  return {estimate.value, estimate.value - half, estimate.value + half};
}

double t_quantile(double share, double df) {
  if (!(df > 0)) return kNaN;
  return boost::math::quantile(boost::math::students_t(df), share);
}

}  // namespace coxswain::analysis
