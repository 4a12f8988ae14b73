#include "analysis/statistics/comparison_family.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/support/golden_numbers.hpp"
#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;
using namespace coxswain::tests;

namespace {

ClusterComparison flipped(const std::vector<double>& differences,
                          int group = 0) {
  ClusterComparison out{
      group, std::vector<int>(differences.size()), differences, {}};
  std::iota(out.clusters.begin(), out.clusters.end(), 0);
  return out;
}

ClusterComparison with_answers(const std::vector<double>& differences,
                               const std::vector<int>& answers) {
  ClusterComparison out = flipped(differences);
  out.answers = answers;
  return out;
}

FamilyP alone(const ClusterComparison& comparison) {
  return family_p(std::vector<ClusterComparison>{comparison})[0];
}

// What is 0 but for noise and what follows the answer.
std::vector<ClusterComparison> nulls(const SimulatedClusters& clusters, int n,
                                     Random& random) {
  const auto common = simulated_values(clusters, random);
  std::vector<ClusterComparison> out;
  for (int j = 0; j < n; ++j) {
    auto values = simulated_values(clusters, random);
    for (std::size_t g = 0; g < values.size(); ++g) values[g] += common[g];
    out.push_back(flipped(values));
    for (const ClusteredItem& item : clusters.items) {
      if (item.answer != 0) out.back().answers.push_back(item.answer);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("signs of few clusters are counted as Fisher did",
          "[analysis][comparison_family]") {
  // Darwin's maize (Fisher 1935, The Design of Experiments, section 21): of the
  // 32,768 ways to give the differences signs, 863 have a sum of 314 or more.
  const auto maize =
      flipped({49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48});
  CHECK(alone(maize).p == Approx(2 * 863 / 32768.0).epsilon(1e-12));
  CHECK(alone(maize).adjusted == alone(maize).p);
}

TEST_CASE("a family has multtest's step-down maxima",
          "[analysis][comparison_family]") {
  const GoldenNumbers golden("from_r.txt");
  std::vector<ClusterComparison> family;
  for (int j = 1; j <= 6; ++j) {
    family.push_back(flipped(golden["family." + std::to_string(j)]));
  }
  const auto found = family_p(family);
  for (std::size_t j = 0; j < 6; ++j) {
    CHECK(found[j].p == Approx(golden["family.p"][j]).epsilon(1e-12));
    CHECK(found[j].adjusted ==
          Approx(golden["family.adjusted"][j]).epsilon(1e-12));
  }
}

TEST_CASE("letters take part by a wild bootstrap, as least squares have it",
          "[analysis][comparison_family]") {
  // Two groups, twelve clusters in all; answers that all, some and no clusters
  // have; clusters that some comparisons lack.
  const GoldenNumbers golden("from_numpy.txt");
  std::vector<ClusterComparison> family;
  for (std::size_t j = 0; j < golden["wild.p"].size(); ++j) {
    const std::string name = "wild." + std::to_string(j);
    family.push_back({golden.integers(name + ".group")[0],
                      golden.integers(name + ".clusters"),
                      golden[name + ".differences"],
                      golden.integers(name + ".answers")});
  }
  const auto found = family_p(family);
  for (std::size_t j = 0; j < family.size(); ++j) {
    CAPTURE(j);
    CHECK(found[j].p == Approx(golden["wild.p"][j]).epsilon(1e-12));
    CHECK(found[j].adjusted ==
          Approx(golden["wild.adjusted"][j]).epsilon(1e-12));
  }
}

TEST_CASE("a p of drawn signs is near the normal one",
          "[analysis][comparison_family]") {
  std::vector<double> differences(60);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] = std::sin(static_cast<double>(i) * 12.9898) + 0.2;
    sum += differences[i];
    squares += differences[i] * differences[i];
  }
  const double z = sum / std::sqrt(squares);
  CHECK(alone(flipped(differences)).p ==
        Approx(std::erfc(z / std::sqrt(2.0))).epsilon(0.1));
  // What always has the same sign is as rare as can be told.
  for (double& one : differences) one = std::abs(one);
  CHECK(alone(flipped(differences)).p == smallest_p(60));
}

TEST_CASE("the smallest p is what signs can give",
          "[analysis][comparison_family]") {
  CHECK(std::isnan(smallest_p(0)));
  CHECK(smallest_p(1) == 1);
  CHECK(smallest_p(6) == 1 / 32.0);
  CHECK(smallest_p(15) == std::ldexp(1, -14));
  CHECK(smallest_p(16) == 1 / 20000.0);
  CHECK(alone(flipped({1, 2, 3, 4, 5, 6})).p == smallest_p(6));
}

TEST_CASE("a family's numbers do not depend on its order",
          "[analysis][comparison_family]") {
  Random random(8);
  auto family = nulls({clustered_items(std::vector<int>(30, 1), Answers::none)},
                      5, random);
  family[3].group = family[4].group = 2;
  const auto found = family_p(family);
  std::reverse(family.begin(), family.end());
  const auto again = family_p(family);
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(found[j].p == again[4 - j].p);
    CHECK(found[j].adjusted == again[4 - j].adjusted);
    // A comparison's own p is its own in any family.
    CHECK(found[j].p == alone(family[4 - j]).p);
    CHECK(found[j].adjusted >= found[j].p);
  }
}

TEST_CASE("what follows the answer is no evidence of content",
          "[analysis][comparison_family]") {
  const std::vector<int> answers{1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
  const std::vector<double> noise{0.3, -0.2, 0.1, -0.4, 0.25};
  std::vector<double> letter, content;
  for (std::size_t g = 0; g < answers.size(); ++g) {
    letter.push_back(3 * answers[g] + noise[g % 5]);
    content.push_back(letter.back() + 1);
  }
  CHECK(alone(with_answers(letter, answers)).p > 0.2);
  CHECK(alone(with_answers(content, answers)).p == smallest_p(10));
  // Clusters that all have both answers are flipped.
  CHECK(alone(with_answers(letter, std::vector<int>(10, 0))).p ==
        alone(flipped(letter)).p);
}

TEST_CASE("what has no difference is not counted",
          "[analysis][comparison_family]") {
  const ClusterComparison some = flipped({1, 2, -0.5, 3, 2, 1, 2});
  const auto found = family_p(std::vector<ClusterComparison>{
      flipped(std::vector<double>(7, 0.0)), some, flipped({}),
      // One cluster of an answer has no error.
      with_answers({1, 2, 3, 4}, {1, 1, 1, -1}),
      with_answers({1, 2, 3, 4}, {1, 1, 1, 1})});
  for (const std::size_t j : {0U, 2U, 3U, 4U}) {
    CHECK(std::isnan(found[j].p));
    CHECK(std::isnan(found[j].adjusted));
  }
  CHECK(found[1].p == alone(some).p);
  CHECK(found[1].adjusted == found[1].p);
  CHECK(family_p({}).empty());
  // Nothing but what follows the answer: content is 0, and as large in every
  // pattern.
  CHECK(alone(with_answers({1, 1, 1, 1, -1, -1, -1, -1},
                           {1, 1, 1, 1, -1, -1, -1, -1}))
            .p == 1);
}

TEST_CASE("a family of nulls has a discovery once in twenty",
          "[analysis][comparison_family]") {
  Random random(9);
  for (const Answers answers : {Answers::none, Answers::one}) {
    int wrong = 0, single = 0;
    constexpr int kSets = 1000;
    for (int set = 0; set < kSets; ++set) {
      const auto found = family_p(
          nulls({clustered_items(std::vector<int>(10, 1), answers), Law::normal,
                 0, 0, answers == Answers::one ? 2.0 : 0.0},
                6, random));
      double least = 1;
      for (const FamilyP& one : found) least = std::min(least, one.adjusted);
      wrong += least <= 0.05 ? 1 : 0;
      single += found[0].p <= 0.05 ? 1 : 0;
    }
    // Two in a hundred are three standard errors.
    CHECK(wrong == Approx(0.05 * kSets).margin(0.02 * kSets));
    CHECK(single == Approx(0.05 * kSets).margin(0.02 * kSets));
  }
}
