#include "jobs/steering/balanced_signs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <set>

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// `sizes` clusters in each stratum, two pairs of each, one round after the
// other.
std::vector<PairCluster> twice(const std::vector<std::int32_t>& sizes) {
  std::vector<PairCluster> pairs;
  for (int round = 0; round < 2; ++round) {
    std::int32_t cluster = 0;
    for (std::size_t stratum = 0; stratum < sizes.size(); ++stratum) {
      for (std::int32_t i = 0; i < sizes[stratum]; ++i) {
        // Numbers that are neither small nor in order.
        pairs.push_back(
            {1000 - 7 * cluster++, static_cast<std::int32_t>(stratum) - 1});
      }
    }
  }
  return pairs;
}

// The sums of signs in each stratum, a cluster counted once.
std::map<std::int32_t, int> sums(const std::vector<PairCluster>& pairs,
                                 const std::vector<int>& signs) {
  std::map<std::int32_t, int> sums;
  for (std::size_t i = 0; i < pairs.size() / 2; ++i) {
    sums[pairs[i].stratum] += signs[i];
  }
  return sums;
}

storage::Key key(int number) {
  return storage::key_of("exchange " + std::to_string(number));
}

}  // namespace

TEST_CASE("whole clusters are exchanged, half of each stratum",
          "[jobs][balanced_signs]") {
  const auto pairs = twice({6, 2, 10});
  for (int k = 0; k < 50; ++k) {
    const std::vector<int> signs = balanced_signs(pairs, key(k));
    REQUIRE(signs.size() == pairs.size());
    for (const int sign : signs) CHECK((sign == 1 || sign == -1));
    CHECK(std::equal(signs.begin(), signs.begin() + 18, signs.begin() + 18));
    CHECK(sums(pairs, signs) ==
          std::map<std::int32_t, int>{{-1, 0}, {0, 0}, {1, 0}});
  }
}

TEST_CASE("clusters left over in odd strata have signs that cancel",
          "[jobs][balanced_signs]") {
  const auto two = twice({5, 4, 3});
  const auto three = twice({5, 1, 3});
  std::set<int> seen, seen_of_all;
  for (int k = 0; k < 50; ++k) {
    const auto of_two = sums(two, balanced_signs(two, key(k)));
    CHECK(of_two.at(0) == 0);
    CHECK(of_two.at(-1) == -of_two.at(1));
    seen.insert(of_two.at(-1));
    const auto of_three = sums(three, balanced_signs(three, key(k)));
    int all = 0;
    for (const auto& [stratum, sum] : of_three) {
      CHECK(std::abs(sum) == 1);
      all += sum;
    }
    CHECK(std::abs(all) == 1);
    seen_of_all.insert(all);
  }
  CHECK(seen == std::set<int>{-1, 1});
  CHECK(seen_of_all == std::set<int>{-1, 1});
}

TEST_CASE("clusters left over alike have one sign in all strata",
          "[jobs][balanced_signs]") {
  const CountedClusters clusters = counted(twice({5, 4, 3}));
  std::set<int> seen;
  for (const auto& all :
       {balanced_exchanges(clusters, LeftOver::alike, key(0), 50),
        all_exchanges(clusters, LeftOver::alike)}) {
    for (auto row = all.begin(); row != all.end(); row += 12) {
      const int first = std::accumulate(row, row + 5, 0);
      CHECK(std::abs(first) == 1);
      CHECK(std::accumulate(row + 5, row + 9, 0) == 0);
      CHECK(std::accumulate(row + 9, row + 12, 0) == first);
      seen.insert(first);
    }
  }
  CHECK(seen == std::set<int>{-1, 1});
}

TEST_CASE("all balanced exchanges are equally likely",
          "[jobs][balanced_signs]") {
  // 4 over 2 of one stratum, times 3 over 1 or 2 of the other, either side.
  const CountedClusters clusters = counted(twice({4, 3}));
  REQUIRE(clusters.size() == 7);
  constexpr int kRows = 36000;
  const auto signs =
      balanced_exchanges(clusters, LeftOver::in_turn, key(0), kRows);
  REQUIRE(signs.size() == 7 * kRows);
  std::map<std::vector<std::int8_t>, int> seen;
  for (auto row = signs.begin(); row != signs.end(); row += 7) {
    ++seen[{row, row + 7}];
  }
  REQUIRE(seen.size() == 36);
  double chi_squared = 0;
  for (const auto& [row, n] : seen) {
    chi_squared += (n - 1000.0) * (n - 1000.0) / 1000.0;
  }
  // 0.999 quantile of chi squared with 35 degrees of freedom.
  CHECK(chi_squared < 66.6);
}

TEST_CASE("exchanges belong to their key, and more begin with the same",
          "[jobs][balanced_signs]") {
  const CountedClusters clusters = counted(twice({9, 8}));
  const auto few = balanced_exchanges(clusters, LeftOver::in_turn, key(1), 3);
  const auto many = balanced_exchanges(clusters, LeftOver::in_turn, key(1), 10);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
  CHECK(few != balanced_exchanges(clusters, LeftOver::in_turn, key(2), 3));
  CHECK(balanced_exchanges(counted({}), LeftOver::alike, key(1), 3).empty());
  // One cluster alone has no half: it has either sign.
  std::set<int> seen;
  for (int k = 0; k < 20; ++k) {
    seen.insert(balanced_signs({{4, 0}}, key(k)).at(0));
  }
  CHECK(seen == std::set<int>{-1, 1});
}

TEST_CASE("where they are few, each balanced exchange is had once",
          "[jobs][balanced_signs]") {
  for (const auto& [sizes, n] : {std::pair{std::vector<std::int32_t>{6}, 20},
                                 {{7}, 70},
                                 {{4, 3}, 36},
                                 {{3, 2, 3}, 36},
                                 {{1}, 2}}) {
    const CountedClusters clusters = counted(twice(sizes));
    CHECK(possible_exchanges(clusters, 1000) == n);
    CHECK(possible_exchanges(clusters, n - 1) == n - 1);
    const auto all = all_exchanges(clusters, LeftOver::in_turn);
    const auto width = static_cast<std::ptrdiff_t>(clusters.size());
    REQUIRE(std::ssize(all) == n * width);
    std::set<std::vector<std::int8_t>> different;
    for (auto row = all.begin(); row != all.end(); row += width) {
      different.insert({row, row + width});
    }
    CHECK(std::ssize(different) == n);
    // All that are drawn are among them.
    const auto drawn =
        balanced_exchanges(clusters, LeftOver::in_turn, key(3), 200);
    for (auto row = drawn.begin(); row != drawn.end(); row += width) {
      CHECK(different.count({row, row + width}) == 1);
    }
  }
  CHECK(possible_exchanges(counted(twice({300, 500})), 1000) == 1000);
}
