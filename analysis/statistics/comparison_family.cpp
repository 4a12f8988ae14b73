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
#include "analysis/statistics/letter_fit.hpp"

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

// Empty if content and letter cannot be told apart. The letter's effect is the
// same in every pattern and would be fitted away: residuals alone give the same
// content and error.
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
  std::array<double, 3> squares{};
  // Those that answer, of one kind or the other, and those that do not.
  std::vector<int> clusters, kinds, others;
  std::vector<double> of, of_others;
  for (std::size_t g = 0; g < residuals.size(); ++g) {
    const int answer = comparison.answers[g];
    const double residual = residuals[g] - product / letters * answer;
    squares[static_cast<std::size_t>(answer + 1)] += residual * residual;
    if (answer == 0) {
      others.push_back(comparison.clusters[g]);
      of_others.push_back(residual);
    } else {
      clusters.push_back(comparison.clusters[g]);
      kinds.push_back(answer > 0 ? 1 : 0);
      of.push_back(residual);
    }
  }
  auto [minus, plus] =
      signs.sums_of_two(comparison.group, clusters, kinds, of, n_patterns);
  std::vector<double> none;
  if (!others.empty()) {
    none = signs.sums(comparison.group, others, of_others, n_patterns);
  }
  return fit.statistics({std::move(minus), std::move(none), std::move(plus)},
                        squares, n_patterns);
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
