// Where data are skewed: t of cluster means beside two bootstraps.

#include <array>
#include <cmath>

#include "analysis/statistics/cluster_design.hpp"
#include "tests/bench/statistics_runs.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {
namespace {

using namespace coxswain::analysis;
using namespace coxswain::tests;

constexpr std::size_t kResamples = 999;

double normal_cdf(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double normal_quantile(double share) {
  double low = -9, high = 9;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < share ? low : high) = middle;
  }
  return low;
}

struct Moments {
  double mean = 0, error = 0;  // of the mean
};

Moments moments_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double middle = mean(values);
  double squares = 0;
  for (const double one : values) squares += (one - middle) * (one - middle);
  return {middle, std::sqrt(squares / (n - 1) / n)};
}

// Bias-corrected and accelerated (Efron 1987), clusters resampled.
Interval bca(const std::vector<double>& means, Random& random) {
  const double middle = mean(means);
  std::vector<double> draws;
  double below = 0;
  for (std::size_t i = 0; i < kResamples; ++i) {
    double sum = 0;
    for (std::size_t g = 0; g < means.size(); ++g) {
      sum += means[random.below(means.size())];
    }
    draws.push_back(sum / static_cast<double>(means.size()));
    below += draws.back() < middle ? 1 : 0;
  }
  double squares = 0, cubes = 0;
  for (const double one : means) {
    squares += std::pow(one - middle, 2);
    cubes += std::pow(one - middle, 3);
  }
  const double acceleration = cubes / (6 * std::pow(squares, 1.5));
  const double z0 = normal_quantile(below / kResamples);
  const auto end = [&](double z) {
    const double at = z0 + (z0 + z) / (1 - acceleration * (z0 + z));
    return quantile(draws, normal_cdf(at));
  };
  return {middle, end(-1.959964), end(1.959964)};
}

// Equal-tailed bootstrap-t, residuals times Mammen's (1993) two-point weights,
// which keep the third moment.
Interval wild(const std::vector<double>& means, Random& random) {
  const Moments of = moments_of(means);
  const double root = std::sqrt(5.0);
  std::vector<double> ts;
  std::vector<double> drawn(means.size());
  for (std::size_t i = 0; i < kResamples; ++i) {
    for (std::size_t g = 0; g < means.size(); ++g) {
      const double weight = random.uniform() < (root + 1) / (2 * root)
                                ? (1 - root) / 2
                                : (1 + root) / 2;
      drawn[g] = weight * (means[g] - of.mean);
    }
    const Moments one = moments_of(drawn);
    ts.push_back(one.mean / one.error);
  }
  return {of.mean, of.mean - quantile(ts, 0.975) * of.error,
          of.mean - quantile(ts, 0.025) * of.error};
}

}  // namespace

void skewed_section() {
  struct Cell {
    Law law;
    double icc;
    int clusters;
    std::array<Coverage, 3> coverage = {};
  };
  std::vector<Cell> cells;
  for (const Law law : {Law::normal, Law::exponential, Law::lognormal}) {
    for (const double icc : {0.5, 0.9}) {
      for (const int n : {20, 50}) cells.push_back({law, icc, n});
    }
  }
  for_all_cells(cells.size(), [&](std::size_t i) {
    Cell& cell = cells[i];
    Random random(20000 + i);
    const SimulatedClusters clusters{
        clustered_items(equal_sizes(cell.clusters), Answers::none), cell.law,
        cell.icc};
    const ClusterDesign design(clusters.items);
    for (int set = 0; set < kSets; ++set) {
      const auto values = simulated_values(clusters, random);
      const auto means = design.cluster_means(values);
      cell.coverage[0].add(interval_of(design.content(values)), 0);
      cell.coverage[1].add(bca(means, random), 0);
      cell.coverage[2].add(wild(means, random), 0);
    }
  });
  print_head(
      "Skewed data, 10 items a cluster: coverage in % (width over an oracle's)",
      {"distribution", "ICC", "G", "t of cluster means (ours)", "BCa",
       "wild bootstrap-t"});
  for (const Cell& cell : cells) {
    std::vector<std::string> row{name_of(cell.law), decimal(cell.icc),
                                 std::to_string(cell.clusters)};
    for (const Coverage& one : cell.coverage) {
      row.push_back(percent_and_width(one.share(), one.relative_width()));
    }
    print_row(row);
  }
}

}  // namespace coxswain::bench
