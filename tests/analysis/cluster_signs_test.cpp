#include "analysis/statistics/cluster_signs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

namespace {

std::vector<double> sums_of(const ClusterSigns& signs, int group,
                            const std::vector<int>& clusters,
                            const std::vector<double>& values) {
  return signs.sums(group, clusters, values, signs.n_patterns());
}

std::set<int> first_clusters(int n) {
  std::set<int> out;
  for (int c = 0; c < n; ++c) out.insert(c);
  return out;
}

}  // namespace

TEST_CASE("few clusters have every pattern of signs once",
          "[analysis][cluster_signs]") {
  const ClusterSigns signs({{0, {2, 5}}, {3, {2}}});
  REQUIRE(signs.n_patterns() == 8);
  const auto two = sums_of(signs, 0, {2, 5}, {1, 10});
  const auto other = sums_of(signs, 3, {2}, {100});
  CHECK(two[0] + other[0] == 111);  // the first flips nothing
  std::set<double> all;
  for (std::size_t i = 0; i < 8; ++i) all.insert(two[i] + other[i]);
  CHECK(all == std::set<double>{-111, -109, -91, -89, 89, 91, 109, 111});
}

TEST_CASE("patterns are enumerated up to 15 clusters of all groups",
          "[analysis][cluster_signs]") {
  CHECK(ClusterSigns({{0, first_clusters(15)}}).n_patterns() == 32768);
  CHECK(ClusterSigns({{0, first_clusters(8)}, {1, first_clusters(7)}})
            .n_patterns() == 32768);
  CHECK(ClusterSigns({{0, first_clusters(16)}}).n_patterns() == 20000);
  CHECK(ClusterSigns({}).n_patterns() == 1);
}

TEST_CASE("a drawn sign is the cluster's, whatever others there are",
          "[analysis][cluster_signs]") {
  const ClusterSigns few({{4, first_clusters(16)}});
  const ClusterSigns many({{1, first_clusters(30)}, {4, first_clusters(40)}});
  for (const int cluster : {0, 7, 8, 15}) {
    CHECK(sums_of(few, 4, {cluster}, {1}) == sums_of(many, 4, {cluster}, {1}));
  }
  // Some clusters of a group are the group's in the same patterns.
  const auto both = sums_of(many, 4, {9, 33}, {1, 10});
  const auto one = sums_of(many, 4, {9}, {1});
  const auto other = sums_of(many, 4, {33}, {10});
  for (std::size_t i = 0; i < both.size(); ++i) {
    REQUIRE(both[i] == one[i] + other[i]);
  }
  CHECK(many.sums(4, std::vector<int>{9}, std::vector<double>{1}, 3) ==
        std::vector<double>(one.begin(), one.begin() + 3));
}

TEST_CASE("drawn signs are as often one as the other, and independent",
          "[analysis][cluster_signs]") {
  const ClusterSigns signs({{0, first_clusters(20)}, {1, first_clusters(2)}});
  std::vector<std::vector<double>> drawn;
  for (const int cluster : first_clusters(20)) {
    drawn.push_back(sums_of(signs, 0, {cluster}, {1}));
  }
  drawn.push_back(sums_of(signs, 1, {0}, {1}));
  drawn.push_back(sums_of(signs, 1, {1}, {1}));
  for (std::size_t a = 0; a < drawn.size(); ++a) {
    CHECK(drawn[a][0] == 1);
    double sum = 0;
    for (const double sign : drawn[a]) sum += sign;
    // Four standard errors.
    CHECK(std::abs(sum) < 4 * std::sqrt(20000));
    for (std::size_t b = 0; b < a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < drawn[a].size(); ++i) {
        product += drawn[a][i] * drawn[b][i];
      }
      CHECK(std::abs(product) < 4 * std::sqrt(20000));
    }
  }
}

TEST_CASE("sums over two halves are those of each half alone",
          "[analysis][cluster_signs]") {
  const ClusterSigns signs({{2, first_clusters(21)}});
  std::vector<int> clusters, halves;
  std::vector<double> values;
  std::vector<int> of_half[2];
  std::vector<double> values_of[2];
  for (int c = 0; c < 21; c += 1 + c % 2) {
    const std::size_t half = c % 3 == 0 ? 0 : 1;
    clusters.push_back(c);
    halves.push_back(static_cast<int>(half));
    values.push_back(std::sin(c + 1));
    of_half[half].push_back(c);
    values_of[half].push_back(values.back());
  }
  const std::size_t n = 777;
  const auto both = signs.sums_of_two(2, clusters, halves, values, n);
  for (std::size_t half = 0; half < 2; ++half) {
    CAPTURE(half);
    CHECK(both[half] == signs.sums(2, of_half[half], values_of[half], n));
  }
}
