// Two levels (training and test clusters), and what is retained of a slope.

#include <array>
#include <cmath>
#include <map>

#include "analysis/statistics/cluster_design.hpp"
#include "analysis/statistics/ratio_set.hpp"
#include "analysis/statistics/two_level.hpp"
#include "tests/bench/statistics_runs.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {
namespace {

using namespace coxswain::analysis;
using namespace coxswain::tests;

constexpr int kClusters[] = {6, 10, 20, 50};
// Of the original over the standard error of items.
constexpr double kEffects[] = {2, 4, 8};
constexpr double kRatio = 0.5;  // what a variant truly retains

// As many numbers of mean 0; of unequal variances by cluster.
std::vector<double> effects(Law law, int n, double deviation, Random& random) {
  SimulatedClusters of{
      clustered_items(std::vector<int>(static_cast<std::size_t>(n), 1),
                      Answers::none),
      law, 0};
  std::vector<double> out = simulated_values(of, random);
  for (double& one : out) one *= deviation;
  return out;
}

// A vector's slope on a test cluster is training's mean, plus what the cluster
// has, plus how the cluster takes what is else in the vector. Each level's
// deviation is such that of G test clusters V_items = 1, and V_vec = `share`.
struct TwoLevelCell {
  Law law = Law::normal;
  double share = 0;
  int n_test = 0, n_train = 0, n_resamples = 0;
  Coverage two = {}, items = {};
};

double resampled_mean(const std::vector<double>& values,
                      const std::vector<std::size_t>& drawn) {
  double sum = 0;
  for (const std::size_t k : drawn) sum += values[k];
  return sum / static_cast<double>(values.size());
}

std::vector<std::size_t> drawn_clusters(std::size_t n, Random& random) {
  std::vector<std::size_t> drawn(n);
  for (std::size_t& k : drawn) k = random.below(n);
  return drawn;
}

void simulate_two_levels(TwoLevelCell& cell, Random& random) {
  const double of_test = std::sqrt(cell.n_test);
  const double of_train = std::sqrt(cell.share * cell.n_train);
  const auto along = effects(cell.law, cell.n_train, of_train, random);
  const auto across = effects(cell.law, cell.n_train, of_train, random);
  std::vector<double> slopes = effects(cell.law, cell.n_test, of_test, random);
  const auto takes = effects(cell.law, cell.n_test, 0.3 * of_test, random);
  const double items_have = mean(slopes);
  for (std::size_t g = 0; g < slopes.size(); ++g) {
    slopes[g] += mean(along) + mean(across) * takes[g];
  }
  const ClusterDesign design(
      clustered_items(std::vector<int>(slopes.size(), 1), Answers::none));
  std::vector<double> resamples;
  for (int r = 0; r < cell.n_resamples; ++r) {
    const auto drawn = drawn_clusters(along.size(), random);
    resamples.push_back(items_have + resampled_mean(along, drawn) +
                        resampled_mean(across, drawn) * mean(takes));
  }
  const Estimate items = design.content(slopes);
  const TwoLevel found = two_level(items, resamples, along.size());
  cell.two.add(interval_of(found.estimate), 0);
  cell.items.add(interval_of(items), 0);
}

// Returns the row of the summary.
std::vector<std::string> print_two_levels(int n_train, int n_resamples,
                                          std::uint64_t seed) {
  std::vector<TwoLevelCell> cells;
  for (const Law law : kLaws) {
    for (const double share : {0.25, 1.0, 4.0}) {
      for (const int n : kClusters) {
        cells.push_back({law, share, n, n_train, n_resamples});
      }
    }
  }
  for_all_cells(cells.size(), [&](std::size_t i) {
    Random random(seed + i);
    for (int set = 0; set < kSets; ++set) simulate_two_levels(cells[i], random);
  });
  print_head("Two levels, " + std::to_string(n_train) +
                 " training clusters, R = " + std::to_string(n_resamples) +
                 ": coverage in % (width over an oracle's)",
             {"distribution", "V_vec / V_items", "G = 6", "G = 10", "G = 20",
              "G = 50", "items alone, G = 20"});
  Lowest lowest(std::size(kClusters));
  for (std::size_t i = 0; i < cells.size(); i += std::size(kClusters)) {
    std::vector<std::string> row{name_of(cells[i].law),
                                 decimal(cells[i].share)};
    for (std::size_t g = 0; g < std::size(kClusters); ++g) {
      const Coverage& two = cells[i + g].two;
      lowest.add(g, cells[i].law, two.share());
      row.push_back(percent_and_width(two.share(), two.relative_width()));
    }
    row.push_back(percent(cells[i + 2].items.share()));
    print_row(row);
  }
  return lowest.row({std::to_string(n_train), std::to_string(n_resamples)});
}

// Noise of the variant's slopes: as much of the original's, and of its own.
struct RetainedNoise {
  const char* name;
  double shared, own;
};
constexpr RetainedNoise kNoises[] = {{"in proportion", 0.5, 0.3},
                                     {"the original's", 1.0, 0.3},
                                     {"its own", 0.0, 0.5}};

struct RetainedCell {
  Law law = Law::normal;
  RetainedNoise noise = {};
  double effect = 0;  // of the original over items' error
  int n_test = 0;
  bool trained = false;
  double covered = 0, steers = 0, covered_and_steers = 0;
  std::vector<double> widths = {};  // over an oracle's
};

bool within(const RatioSet& set, double r) {
  using enum RatioSet::Shape;
  if (set.shape == none) return false;
  if (set.shape == all) return true;
  if (set.shape == outside) return r <= set.low || r >= set.high;
  return set.low <= r && r <= set.high;
}

void simulate_retained(RetainedCell& cell, Random& random) {
  const double level = std::sqrt(cell.n_test);
  auto original = effects(cell.law, cell.n_test, level, random);
  auto variant = effects(cell.law, cell.n_test, level * cell.noise.own, random);
  double train_original = 0, train_variant = 0;
  std::vector<double> of_original, of_variant;
  constexpr std::size_t kTrain = 40, kResamples = 20;
  if (cell.trained) {
    const auto along =
        effects(cell.law, kTrain, std::sqrt(double{kTrain}), random);
    const auto own = effects(
        cell.law, kTrain, cell.noise.own * std::sqrt(double{kTrain}), random);
    for (std::size_t r = 0; r < kResamples; ++r) {
      const auto drawn = drawn_clusters(kTrain, random);
      of_original.push_back(resampled_mean(along, drawn));
      of_variant.push_back(cell.noise.shared * of_original.back() +
                           resampled_mean(own, drawn));
    }
    train_original = mean(along);
    train_variant = cell.noise.shared * train_original + mean(own);
  }
  for (std::size_t g = 0; g < original.size(); ++g) {
    variant[g] +=
        cell.noise.shared * original[g] + kRatio * cell.effect + train_variant;
    original[g] += cell.effect + train_original;
  }
  const ClusterDesign design(
      clustered_items(std::vector<int>(original.size(), 1), Answers::none));
  Estimate a = design.content(variant);
  Estimate b = design.content(original);
  double covariance = design.covariance(variant, original);
  if (cell.trained) {
    a = two_level(a, of_variant, kTrain).estimate;
    b = two_level(b, of_original, kTrain).estimate;
    covariance += training_covariance(of_variant, of_original, kTrain);
  }
  const double t = t_quantile(0.975, b.df);
  const RatioSet set =
      ratio_set({a.value, b.value, a.variance, b.variance, covariance}, t);
  const bool covered = within(set, kRatio);
  const bool steers = set.shape == RatioSet::Shape::interval;
  cell.covered += covered ? 1 : 0;
  cell.steers += steers ? 1 : 0;
  cell.covered_and_steers += covered && steers ? 1 : 0;
  const double oracle = 2 * 1.959964 *
                        std::sqrt((cell.trained ? 2 : 1) *
                                  (std::pow(cell.noise.shared - kRatio, 2) +
                                   std::pow(cell.noise.own, 2))) /
                        cell.effect;
  if (steers) cell.widths.push_back((set.high - set.low) / oracle);
}

std::vector<RetainedCell> retained_cells(bool trained) {
  std::vector<RetainedCell> cells;
  for (const Law law : kLaws) {
    for (const RetainedNoise& noise : kNoises) {
      for (const double effect : kEffects) {
        for (const int n : kClusters) {
          cells.push_back({law, noise, effect, n, trained});
        }
      }
    }
  }
  return cells;
}

// Returns the rows of the summary.
std::vector<std::vector<std::string>> print_retained(bool trained,
                                                     std::uint64_t seed) {
  auto cells = retained_cells(trained);
  for_all_cells(cells.size(), [&](std::size_t i) {
    Random random(seed + i);
    for (int set = 0; set < kSets; ++set) simulate_retained(cells[i], random);
  });
  print_head(std::string("Retained") +
                 (trained ? ", two levels (40 training clusters, R = 20, V_vec "
                            "= V_items)"
                          : "") +
                 ": coverage in % / of those whose original steers (how many "
                 "steer; median width over an oracle's)",
             {"distribution", "variant's noise", "effect / items' se", "G = 6",
              "G = 10", "G = 20", "G = 50"});
  std::map<double, Lowest> all, steering;
  for (std::size_t i = 0; i < cells.size(); i += std::size(kClusters)) {
    std::vector<std::string> row{name_of(cells[i].law), cells[i].noise.name,
                                 decimal(cells[i].effect)};
    for (std::size_t g = 0; g < std::size(kClusters); ++g) {
      const RetainedCell& cell = cells[i + g];
      const double covered = cell.covered / kSets;
      const double of_steering = cell.covered_and_steers / cell.steers;
      const Lowest none(std::size(kClusters));
      all.try_emplace(cell.effect, none)
          .first->second.add(g, cell.law, covered);
      steering.try_emplace(cell.effect, none)
          .first->second.add(g, cell.law, of_steering);
      row.push_back(
          percent(covered) + " / " + percent(of_steering) + " (" +
          percent(cell.steers / kSets) + "; " +
          decimal(std::round(100 * quantile(cell.widths, 0.5)) / 100) + ")");
    }
    print_row(row);
  }
  std::vector<std::vector<std::string>> summary;
  const std::string levels = trained ? "two" : "one";
  for (const double effect : kEffects) {
    summary.push_back(all.at(effect).row({levels, decimal(effect), "all"}));
    summary.push_back(
        steering.at(effect).row({levels, decimal(effect), "those that steer"}));
  }
  return summary;
}

}  // namespace

void two_level_section() {
  const std::vector<std::string> rows[] = {print_two_levels(40, 20, 30000),
                                           print_two_levels(40, 100, 31000),
                                           print_two_levels(10, 20, 32000)};
  print_head(
      "Two levels: the lowest coverage in % of symmetric laws / of the "
      "exponential one / of the lognormal one",
      {"training clusters", "R", "G = 6", "G = 10", "G = 20", "G = 50"});
  for (const auto& row : rows) print_row(row);
}

void retained_section() {
  auto rows = print_retained(false, 40000);
  const auto more = print_retained(true, 41000);
  rows.insert(rows.end(), more.begin(), more.end());
  print_head(
      "Retained: the lowest coverage in % of symmetric laws / of the "
      "exponential one / of the lognormal one",
      {"levels", "effect / items' se", "", "G = 6", "G = 10", "G = 20",
       "G = 50"});
  for (const auto& row : rows) print_row(row);
}

}  // namespace coxswain::bench
