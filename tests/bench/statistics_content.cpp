// Coverage of intervals of content slopes, of yes-biases, and of other people's
// intervals where data are skewed.

#include "analysis/statistics/cluster_design.hpp"
#include "tests/bench/statistics_runs.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {
namespace {

using namespace coxswain::analysis;
using namespace coxswain::tests;

struct Design {
  const char* name;
  Answers answers;
  std::vector<int> (*sizes)(int);
  std::vector<int> clusters;
};

const std::vector<Design>& designs() {
  static const std::vector<Design> all{
      {"no answers, 10 items", Answers::none, equal_sizes, {6, 10, 20, 50}},
      {"no answers, 1 to 12 items",
       Answers::none,
       uneven_sizes,
       {6, 10, 20, 50}},
      {"both answers, 10 items each",
       Answers::both,
       equal_sizes,
       {6, 10, 20, 50}},
      {"both answers, 1 to 12 items each",
       Answers::both,
       uneven_sizes,
       {6, 10, 20, 50}},
      {"one answer, 10 items", Answers::one, equal_sizes, {8, 10, 20, 50}},
      {"one answer, 1 to 12 items",
       Answers::one,
       uneven_sizes,
       {8, 10, 20, 50}},
      {"mixed, 10 items", Answers::mixed, equal_sizes, {6, 10, 20, 50}},
      {"mixed, 1 to 12 items", Answers::mixed, uneven_sizes, {6, 10, 20, 50}},
      {"lopsided, 10 items", Answers::lopsided, equal_sizes, {20, 25, 50}}};
  return all;
}

constexpr double kShares[] = {0, 0.5, 0.9};

Coverage content_coverage(const SimulatedClusters& clusters,
                          std::uint64_t seed) {
  const ClusterDesign design(clusters.items);
  Random random(seed);
  Coverage coverage;
  for (int set = 0; set < kSets; ++set) {
    coverage.add(
        interval_of(design.content(simulated_values(clusters, random))),
        clusters.content);
  }
  return coverage;
}

// Returns the row of the summary.
std::vector<std::string> print_design(const Design& design,
                                      std::uint64_t seed) {
  struct Cell {
    Law law;
    double icc;
    int clusters;
    Coverage coverage = {};
  };
  std::vector<Cell> cells;
  for (const Law law : kLaws) {
    for (const double icc : kShares) {
      for (const int n : design.clusters) cells.push_back({law, icc, n});
    }
  }
  for_all_cells(cells.size(), [&](std::size_t i) {
    Cell& cell = cells[i];
    cell.coverage = content_coverage(
        {clustered_items(design.sizes(cell.clusters), design.answers), cell.law,
         cell.icc, 1, 0.5},
        seed + i);
  });
  std::vector<std::string> head{"distribution", "ICC"};
  for (const int n : design.clusters)
    head.push_back("G = " + std::to_string(n));
  print_head(std::string("Content slope, ") + design.name +
                 ": coverage in % (width over an oracle's)",
             head);
  Lowest lowest(design.clusters.size());
  for (std::size_t i = 0; i < cells.size();) {
    std::vector<std::string> row{name_of(cells[i].law), decimal(cells[i].icc)};
    for (std::size_t g = 0; g < design.clusters.size(); ++g, ++i) {
      const Coverage& of = cells[i].coverage;
      lowest.add(g, cells[i].law, of.share());
      row.push_back(percent_and_width(of.share(), of.relative_width()));
    }
    print_row(row);
  }
  std::vector<std::string> row = lowest.row({design.name});
  for (std::size_t g = 0; g < design.clusters.size(); ++g) {
    row[g + 1] = std::to_string(design.clusters[g]) + ": " + row[g + 1];
  }
  row.resize(5);
  return row;
}

}  // namespace

void content_section() {
  std::uint64_t seed = 1000;
  std::vector<std::vector<std::string>> summary;
  for (const Design& design : designs()) {
    summary.push_back(print_design(design, seed += 1000));
  }
  print_head(
      "Content slope: the lowest coverage in % of symmetric laws / of the "
      "exponential one / of the lognormal one, at G:",
      {"clusters have", "", "", "", ""});
  for (const auto& row : summary) print_row(row);
}

}  // namespace coxswain::bench
