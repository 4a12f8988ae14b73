#include "analysis/statistics/comparison_family.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "analysis/statistics/cluster_signs.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// What rounding may take from a squared statistic that is equally large; it is
// at most the number of clusters.
constexpr double kRounding = 1e-11;

double length_of(std::span<const double> values) {
  return std::sqrt(
      std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

std::vector<double> scaled(std::span<const double> values) {
  std::vector<double> out(values.begin(), values.end());
  const double length = length_of(values);
  for (double& value : out) value /= length;
  return out;
}

std::vector<double> squared_sums(const ClusterSigns& signs,
                                 const ClusterComparison& comparison,
                                 std::size_t n_patterns) {
  std::vector<double> out =
      signs.sums(comparison.group, comparison.clusters,
                 scaled(comparison.differences), n_patterns);
  for (double& one : out) one *= one;
  return out;
}

// Least squares of values = content + letter x answer over clusters, answer 1,
// 0 or -1: clusters of one answer have the same place in it.
constexpr int kAnswers[3] = {-1, 0, 1};

class LetterFit {
 public:
  explicit LetterFit(std::span<const int> answers) {
    for (const int answer : answers)
      n_[static_cast<std::size_t>(answer + 1)] += 1;
    total_ = n_[0] + n_[1] + n_[2];
    balance_ = n_[2] - n_[0];
    letters_ = n_[2] + n_[0];
    determinant_ = total_ * letters_ - balance_ * balance_;
    for (std::size_t k = 0; k < 3; ++k) {
      const double answer = kAnswers[k];
      const double weight = (letters_ - balance_ * answer) / determinant_;
      const double leverage =
          (letters_ - 2 * balance_ * answer + total_ * answer * answer) /
          determinant_;
      // HC2's weight of a squared residual.
      weights_[k] = weight * weight / (1 - leverage);
      if (n_[k] > 0 && !(leverage < 1)) determinate_ = false;
    }
  }

  // Whether content and letter, and the error of content, can be told.
  bool determinate() const { return determinate_ && determinant_ > 0; }

  // By the sums of the values over the clusters of each answer + 1, and those
  // of their squares: G t^2 / (G - 1 + t^2) of content.
  double statistic(const std::array<double, 3>& sums,
                   const std::array<double, 3>& squares) const {
    const double sum = sums[0] + sums[1] + sums[2];
    const double product = sums[2] - sums[0];
    const double content = (letters_ * sum - balance_ * product) / determinant_;
    const double letter = (total_ * product - balance_ * sum) / determinant_;
    double variance = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      if (n_[k] == 0) continue;
      const double fit = content + letter * kAnswers[k];
      variance += weights_[k] * std::max(0.0, squares[k] - 2 * fit * sums[k] +
                                                  n_[k] * fit * fit);
    }
    const double square = content * content;
    const double below = (total_ - 1) * variance + square;
    return below > 0 ? total_ * square / below : 0;
  }

 private:
  double n_[3] = {0, 0, 0};  // clusters, by answer + 1
  double total_ = 0, balance_ = 0, letters_ = 0, determinant_ = 0;
  double weights_[3] = {0, 0, 0};
  bool determinate_ = true;
};

// Empty if content and letter cannot be told apart.
std::vector<double> bootstrapped(const ClusterSigns& signs,
                                 const ClusterComparison& comparison,
                                 std::size_t n_patterns) {
  const LetterFit fit(comparison.answers);
  if (!fit.determinate()) return {};
  std::vector<double> residuals = scaled(comparison.differences);
  double product = 0, letters = 0;
  for (std::size_t g = 0; g < residuals.size(); ++g) {
    product += residuals[g] * comparison.answers[g];
    letters += std::abs(comparison.answers[g]);
  }
  std::array<std::vector<double>, 3> sums;
  std::array<double, 3> squares{};
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<int> clusters;
    std::vector<double> of;
    for (std::size_t g = 0; g < residuals.size(); ++g) {
      const int answer = comparison.answers[g];
      if (answer != kAnswers[k]) continue;
      clusters.push_back(comparison.clusters[g]);
      of.push_back(residuals[g] - product / letters * answer);
      squares[k] += of.back() * of.back();
    }
    sums[k] = signs.sums(comparison.group, clusters, of, n_patterns);
  }
  // The letter's effect is the same in every pattern and would be fitted away:
  // residuals alone give the same content and error.
  std::vector<double> out(n_patterns);
  for (std::size_t i = 0; i < n_patterns; ++i) {
    out[i] = fit.statistic({sums[0][i], sums[1][i], sums[2][i]}, squares);
  }
  return out;
}

// Squared, under the first n patterns, the first of which is the observed one.
// Empty of what is not tested.
std::vector<double> statistics_of(const ClusterSigns& signs,
                                  const ClusterComparison& comparison,
                                  std::size_t n_patterns) {
  if (!(length_of(comparison.differences) > 0)) return {};
  const bool letters =
      std::ranges::any_of(comparison.answers, [](int a) { return a != 0; });
  return letters ? bootstrapped(signs, comparison, n_patterns)
                 : squared_sums(signs, comparison, n_patterns);
}

ClusterSigns signs_of(std::span<const ClusterComparison> comparisons) {
  std::map<int, std::set<int>> clusters;
  for (const ClusterComparison& one : comparisons) {
    assert(one.clusters.size() == one.differences.size());
    assert(one.answers.empty() || one.answers.size() == one.clusters.size());
    clusters[one.group].insert(one.clusters.begin(), one.clusters.end());
  }
  return ClusterSigns(clusters);
}

double share_at_least(std::span<const double> statistics, double observed) {
  const auto as_large = std::ranges::count_if(
      statistics, [&](double one) { return one >= observed - kRounding; });
  return static_cast<double>(as_large) / static_cast<double>(statistics.size());
}

}  // namespace

std::vector<FamilyP> family_p(std::span<const ClusterComparison> comparisons) {
  const ClusterSigns signs = signs_of(comparisons);
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t j = 0; j < comparisons.size(); ++j) {
    const auto observed = statistics_of(signs, comparisons[j], 1);
    if (!observed.empty()) order.emplace_back(observed[0], j);
  }
  // From the smallest statistic up: each is held against the largest of those
  // that are not above it.
  std::ranges::sort(order);
  std::vector<FamilyP> out(comparisons.size(), {kNaN, kNaN});
  std::vector<double> largest(signs.n_patterns(), 0.0);
  for (const auto& [observed, j] : order) {
    const auto statistics =
        statistics_of(signs, comparisons[j], signs.n_patterns());
    for (std::size_t i = 0; i < largest.size(); ++i) {
      largest[i] = std::max(largest[i], statistics[i]);
    }
    out[j] = {share_at_least(statistics, observed),
              share_at_least(largest, observed)};
  }
  // Step down: an adjusted p is never below that of a larger statistic.
  double least = 0;
  for (auto one = order.rbegin(); one != order.rend(); ++one) {
    FamilyP& of = out[one->second];
    of.adjusted = least = std::max(least, of.adjusted);
  }
  return out;
}

double smallest_p(std::size_t n_clusters) {
  if (n_clusters == 0) return kNaN;
  if (n_clusters > kMostEnumerated) return 1.0 / (1 + kDrawnSigns);
  return std::ldexp(1.0, 1 - static_cast<int>(n_clusters));
}

}  // namespace coxswain::analysis
