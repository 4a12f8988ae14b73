// Familywise error and power of families of comparisons, beside Holm's of the
// same comparisons' own sign flips.

#include <cmath>
#include <numeric>

#include "analysis/statistics/comparison_family.hpp"
#include "tests/bench/statistics_runs.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {
namespace {

using namespace coxswain::analysis;
using namespace coxswain::tests;

constexpr std::size_t kComparisons = 6;

// Six comparisons on the same clusters, correlated 0.5; the first `n_true` have
// an effect of `effect` standard errors.
struct FamilyCell {
  const char* name;
  Answers answers = Answers::none;
  Law law = Law::normal;
  int clusters = 0;
  std::size_t n_true = 0;
  double effect = 0;
  double wrong = 0, wrong_holm = 0;  // sets with a false discovery
  double found = 0, found_holm = 0;  // true ones, a set
};

std::vector<ClusterComparison> simulated_family(const FamilyCell& cell,
                                                Random& random) {
  const SimulatedClusters clusters{
      clustered_items(
          std::vector<int>(static_cast<std::size_t>(cell.clusters), 1),
          cell.answers),
      cell.law, 0, 0, 0};
  const auto common = simulated_values(clusters, random);
  std::vector<ClusterComparison> family;
  for (std::size_t j = 0; j < kComparisons; ++j) {
    ClusterComparison& one = family.emplace_back();
    const auto own = simulated_values(clusters, random);
    const double shift =
        j < cell.n_true ? cell.effect / std::sqrt(cell.clusters) : 0;
    for (std::size_t g = 0; g < own.size(); ++g) {
      const int answer = clusters.items[g].answer;
      one.clusters.push_back(static_cast<int>(g));
      // What follows the answer is no evidence of content.
      one.differences.push_back(std::sqrt(0.5) * (common[g] + own[g]) + shift +
                                2 * answer);
      if (answer != 0) one.answers.push_back(answer);
    }
  }
  return family;
}

std::vector<double> holm(const std::vector<FamilyP>& family) {
  std::vector<std::size_t> order(family.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t j) { return family[j].p; });
  std::vector<double> out(family.size());
  double least = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto left = static_cast<double>(order.size() - rank);
    least = std::max(least, std::min(1.0, left * family[order[rank]].p));
    out[order[rank]] = least;
  }
  return out;
}

void simulate(FamilyCell& cell, Random& random) {
  const auto found = family_p(simulated_family(cell, random));
  const auto by_holm = holm(found);
  bool wrong = false, wrong_holm = false;
  for (std::size_t j = 0; j < kComparisons; ++j) {
    const bool here = found[j].adjusted <= 0.05;
    const bool there = by_holm[j] <= 0.05;
    if (j < cell.n_true) {
      cell.found += here ? 1 : 0;
      cell.found_holm += there ? 1 : 0;
    } else {
      wrong |= here;
      wrong_holm |= there;
    }
  }
  cell.wrong += wrong ? 1 : 0;
  cell.wrong_holm += wrong_holm ? 1 : 0;
}

std::vector<FamilyCell> cells_of() {
  std::vector<FamilyCell> cells;
  const auto add = [&](const char* name, Answers answers, Law law, int n) {
    cells.push_back({name, answers, law, n});
    cells.push_back({name, answers, law, n, 3, 3.5});
  };
  for (const Law law : kLaws) {
    for (const int n : {6, 10}) add("flipped signs", Answers::none, law, n);
    for (const int n : {8, 12}) add("one answer (wild)", Answers::one, law, n);
  }
  for (const Law law : {Law::normal, Law::exponential}) {
    add("flipped signs", Answers::none, law, 20);
    add("one answer (wild)", Answers::one, law, 20);
  }
  add("flipped signs", Answers::none, Law::normal, 50);
  return cells;
}

}  // namespace

void family_section() {
  std::vector<FamilyCell> cells = cells_of();
  for_all_cells(cells.size(), [&](std::size_t i) {
    Random random(50000 + i);
    for (int set = 0; set < kSets; ++set) simulate(cells[i], random);
  });
  print_head(
      "Families of 6 comparisons, correlated 0.5, at 5 %: sets with a false "
      "discovery where none, and where three have an effect (of 3.5 standard "
      "errors); how many of those are found",
      {"test", "distribution", "G", "false, %", "false of 3, %", "found, %",
       "Holm: false, %", "found, %"});
  for (std::size_t i = 0; i < cells.size(); i += 2) {
    const FamilyCell& null = cells[i];
    const FamilyCell& three = cells[i + 1];
    print_row({null.name, name_of(null.law), std::to_string(null.clusters),
               percent(null.wrong / kSets), percent(three.wrong / kSets),
               percent(three.found / 3 / kSets),
               percent(null.wrong_holm / kSets),
               percent(three.found_holm / 3 / kSets)});
  }
}

}  // namespace coxswain::bench
