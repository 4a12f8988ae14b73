#include "jobs/steering/resampled_clusters.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "jobs/steering/balanced_signs.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

using Clusters = std::vector<PairCluster>;

storage::Key key_number(int i) {
  return storage::key_of("draw " + std::to_string(i));
}

}  // namespace

TEST_CASE("draws are those of an independent program",
          "[jobs][resampled_clusters]") {
  std::ifstream file(std::string(COXSWAIN_SOURCE_DIR) +
                     "/tests/data/cluster_draws/cases.json");
  const auto cases = nlohmann::json::parse(file);
  REQUIRE(cases.size() == 24);
  for (const auto& one : cases) {
    Clusters clusters;
    for (const auto& pair : one["clusters"]) {
      clusters.push_back({pair[0], pair[1]});
    }
    const storage::Key key{one["key"][0], one["key"][1]};
    CHECK(balanced_signs(clusters, key) ==
          one["signs"].get<std::vector<int>>());
    CHECK(resampled_counts(clusters, key) ==
          one["counts"].get<std::vector<double>>());
  }
}

TEST_CASE("draws belong to their key, whatever clusters are numbered",
          "[jobs][resampled_clusters]") {
  Clusters clusters;
  for (int i = 0; i < 30; ++i)
    clusters.push_back({i % 13, i % 13 < 5 ? 1 : -1});
  Clusters renumbered = clusters;
  for (PairCluster& pair : renumbered) pair.cluster = 1000 - 3 * pair.cluster;
  CHECK(balanced_signs(clusters, key_number(1)) ==
        balanced_signs(renumbered, key_number(1)));
  CHECK(resampled_counts(clusters, key_number(1)) ==
        resampled_counts(renumbered, key_number(1)));
  CHECK(resampled_counts(clusters, key_number(1)) !=
        resampled_counts(clusters, key_number(2)));
}

TEST_CASE("a resample draws clusters whole, as many of a stratum as it has",
          "[jobs][resampled_clusters]") {
  // Twelve pairs: clusters of two, the first four of another stratum.
  Clusters clusters;
  for (int i = 0; i < 12; ++i) clusters.push_back({i / 2, i < 8 ? 1 : -1});
  const auto counts = resampled_counts(clusters, key_number(0));
  double first = 0, second = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(counts[i] == counts[i ^ 1]);
    (i < 8 ? first : second) += counts[i];
  }
  CHECK(first == 8);
  CHECK(second == 4);
}

TEST_CASE("resampling draws every cluster equally often on average",
          "[jobs][resampled_clusters]") {
  const Clusters clusters{{0, 0}, {1, 0}, {2, 0}, {3, 0}};
  std::vector<double> sums(4, 0.0);
  for (int i = 0; i < 4000; ++i) {
    const auto counts = resampled_counts(clusters, key_number(i));
    for (std::size_t j = 0; j < 4; ++j) sums[j] += counts[j];
  }
  // Binomial(16000, 1/4) has a deviation of 55.
  for (const double sum : sums) CHECK(std::abs(sum - 4000) < 4 * 55);
}

TEST_CASE("a subset's clusters are whole, and those of a smaller one's, too",
          "[jobs][resampled_clusters]") {
  // Thirteen clusters, five of one stratum: of two or three pairs each.
  Clusters clusters;
  for (int i = 0; i < 30; ++i)
    clusters.push_back({i % 13, i % 13 < 5 ? 1 : -1});
  std::vector<double> before(30, 0.0);
  for (std::int64_t n = 0; n <= 13; ++n) {
    const std::vector<double> counts =
        subset_counts(clusters, key_number(1), n);
    std::set<int> chosen, first_stratum;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const int cluster = clusters[i].cluster;
      REQUIRE((counts[i] == 0 || counts[i] == 1));
      CHECK(counts[i] >= before[i]);
      CHECK(counts[i] == counts[i % 13]);
      if (counts[i] == 0) continue;
      chosen.insert(cluster);
      if (cluster < 5) first_stratum.insert(cluster);
    }
    CHECK(std::ssize(chosen) == n);
    // Its share of the stratum, to within one.
    CHECK(std::abs(static_cast<double>(first_stratum.size()) -
                   static_cast<double>(n) * 5 / 13) < 1);
    before = counts;
  }
  CHECK(subset_counts(clusters, key_number(1), 6) !=
        subset_counts(clusters, key_number(2), 6));
}

TEST_CASE("each cluster is as often among a subset's, of either stratum",
          "[jobs][resampled_clusters]") {
  Clusters clusters;
  for (int i = 0; i < 10; ++i) clusters.push_back({i, i < 4 ? 1 : -1});
  constexpr int kDraws = 4000;
  for (const std::int64_t n : {1, 3}) {
    std::vector<double> often(10, 0.0);
    for (int draw = 0; draw < kDraws; ++draw) {
      const auto counts = subset_counts(clusters, key_number(draw), n);
      for (std::size_t i = 0; i < 10; ++i) often[i] += counts[i];
    }
    // A stratum has its share to within a cluster, and no cluster much more
    // than another.
    const double share = static_cast<double>(n) / 10 * kDraws;
    for (const double one : often) CHECK(std::abs(one - share) < 0.3 * share);
    // The first one is of either stratum.
    CHECK(often[0] > 0.05 * kDraws);
    CHECK(often[9] > 0.05 * kDraws);
  }
}
