#include "jobs/steering/split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "jobs/steering/copies.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

using Digests = std::map<int, std::string>;

std::string named(int cluster) {
  return storage::sha256("cluster " + std::to_string(cluster));
}

// So many clusters, numbered in an order of the seed's.
Digests digests(int n, unsigned seed = 0) {
  std::vector<int> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  std::mt19937 random(seed);
  if (seed > 0) std::ranges::shuffle(numbers, random);
  Digests out;
  for (int i = 0; i < n; ++i) {
    out[numbers[static_cast<std::size_t>(i)]] = named(i);
  }
  return out;
}

// The digests that are tested.
std::set<std::string> tested(const Digests& all, const ClusterSplit& wanted) {
  std::set<std::string> out;
  for (const int cluster : test_clusters(all, wanted)) {
    out.insert(all.at(cluster));
  }
  return out;
}

std::size_t n_of(const std::set<std::string>& a,
                 const std::set<std::string>& without) {
  return static_cast<std::size_t>(std::ranges::count_if(
      a, [&](const auto& one) { return !without.contains(one); }));
}

ClusterSplit counted(int n) { return {n, {}, 0}; }
ClusterSplit shared(double share) { return {{}, share, 0}; }

// Clusters by the number of each question.
Clusters clusters(const std::vector<int>& of) {
  Clusters out{of, {}};
  for (const int cluster : of) out.digests[cluster] = named(cluster);
  return out;
}

std::string error_of(int n, const ClusterSplit& wanted) {
  std::vector<int> of(static_cast<std::size_t>(n));
  std::iota(of.begin(), of.end(), 0);
  try {
    split_by_cluster(clusters(of), wanted, "d.jsonl");
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("clusters are tested by what they are, not by number or order",
          "[jobs][split]") {
  for (const ClusterSplit& wanted : {counted(7), shared(0.4), ClusterSplit{}}) {
    const auto expected = tested(digests(30), wanted);
    CHECK_FALSE(expected.empty());
    for (const unsigned seed : {1U, 2U, 3U}) {
      CHECK(tested(digests(30, seed), wanted) == expected);
    }
  }
  // Those with the smallest digests.
  const auto chosen = tested(digests(30), counted(7));
  CHECK(chosen.size() == 7);
  for (const auto& [cluster, digest] : digests(30)) {
    CHECK(chosen.contains(digest) == (digest <= *chosen.rbegin()));
  }
}

TEST_CASE("more clusters move none with a share", "[jobs][split]") {
  for (int n = 10; n < 200; ++n) {
    const auto before = tested(digests(n), shared(0.3));
    const auto after = tested(digests(n + 1), shared(0.3));
    CHECK(n_of(before, after) == 0);
    const auto added = n_of(after, before);
    CHECK(added == (after.contains(named(n)) ? 1 : 0));
  }
  const auto n = static_cast<double>(tested(digests(2000), shared(0.3)).size());
  CHECK(n == Approx(600).margin(5 * std::sqrt(2000 * 0.3 * 0.7)));
}

TEST_CASE("with a number more clusters only take the places of tested ones",
          "[jobs][split]") {
  int displaced = 0;
  for (int n = 20; n < 200; ++n) {
    const auto before = tested(digests(n), counted(12));
    const auto after = tested(digests(n + 1), counted(12));
    CHECK(after.size() == 12);
    // Nothing that was trained on is tested now.
    const bool in = after.contains(named(n));
    CHECK(n_of(after, before) == (in ? 1 : 0));
    CHECK(n_of(before, after) == (in ? 1 : 0));
    displaced += in ? 1 : 0;
  }
  CHECK(displaced > 5);
}

TEST_CASE("a third is tested unless said, and at least one", "[jobs][split]") {
  for (const auto& [n, expected] : std::map<int, std::size_t>{
           {2, 1}, {3, 1}, {5, 1}, {6, 2}, {17, 5}, {18, 6}, {60, 20}}) {
    CHECK(test_clusters(digests(n), {}).size() == expected);
  }
}

TEST_CASE("all questions of a cluster are on one side", "[jobs][split]") {
  const Clusters all = clusters({0, 1, 2, 0, 1, 2, 0, 1, 2, 2});
  const int cluster = *test_clusters(all.digests, {}).begin();
  for (const int most : {0, 2}) {
    const auto sides = split_by_cluster(all, {{}, {}, most}, "d.jsonl");
    int n = 0;
    for (std::size_t i = 0; i < all.of.size(); ++i) {
      if (all.of[i] != cluster) {
        CHECK(sides[i] == Side::train);
      } else {
        const bool over = most > 0 && ++n > most;
        CHECK(sides[i] == (over ? Side::neither : Side::test));
      }
    }
  }
}

TEST_CASE("a side without clusters is refused with what to do",
          "[jobs][split]") {
  CHECK_THAT(error_of(1, {}),
             Catch::Contains("d.jsonl: split: 1 cluster, expected at least "
                             "two") &&
                 Catch::Contains("split = \"line\""));
  CHECK_THAT(
      error_of(5, counted(5)),
      Catch::Contains("test_clusters: 5 of 5 clusters, expected fewer") &&
          Catch::Contains("split = \"line\""));
  CHECK_THAT(error_of(5, counted(70)), Catch::Contains("70 of 5 clusters"));
  CHECK_THAT(error_of(5, shared(1e-9)),
             Catch::Contains("test_share: 0 of 5 clusters at that share"));
  CHECK_THAT(error_of(5, shared(0.999999)), Catch::Contains("5 of 5 clusters"));
  CHECK(error_of(5, counted(4)) == "");
}

TEST_CASE("the word pairs of sentiment-words that are tested stay the same",
          "[jobs][split]") {
  const auto pairs = storage::read_contrast_pairs(
      COXSWAIN_SOURCE_DIR "/examples/first_light/data/sentiment-words.jsonl");
  std::vector<storage::Key> keys;
  for (const auto& pair : pairs) keys.push_back(question_key(pair));
  const Clusters all = clusters_of(pairs, keys, ClusterRule::words);
  REQUIRE(all.digests.size() == 60);
  const auto sides = split_by_cluster(all, counted(20), "");
  std::set<std::string> words;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == Side::test) words.insert(pairs[i].matching);
  }
  // sorted(pairs, key=sha256)[:20] of Python's hashlib, by the matching word.
  CHECK(words ==
        std::set<std::string>{
            " brilliant",  " calm",        " clean",      " comfortable",
            " convincing", " fantastic",   " generous",   " graceful",
            " great",      " healthy",     " inspiring",  " kind",
            " lovely",     " magnificent", " marvelous",  " outstanding",
            " polite",     " refreshing",  " successful", " sweet"});
}
