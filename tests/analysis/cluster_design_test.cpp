#include "analysis/statistics/cluster_design.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/golden_numbers.hpp"
#include "tests/support/simulated_clusters.hpp"

using namespace coxswain::analysis;
using namespace coxswain::tests;

namespace {

// As many clusters of one item with the first answer, the second, both, none.
ClusterDesign design_of(int first, int second, int both, int none = 0) {
  std::vector<ClusteredItem> items;
  int cluster = 0;
  for (int i = 0; i < first; ++i) items.push_back({1, cluster++});
  for (int i = 0; i < second; ++i) items.push_back({-1, cluster++});
  for (int i = 0; i < both; ++i) {
    items.push_back({1, cluster});
    items.push_back({-1, cluster++});
  }
  for (int i = 0; i < none; ++i) items.push_back({0, cluster++});
  return ClusterDesign(items);
}

void check_interval(const Interval& found, double low, double high) {
  CHECK(found.low == Approx(low).epsilon(1e-10));
  CHECK(found.high == Approx(high).epsilon(1e-10));
}

bool is_nan(const Estimate& estimate) {
  return std::isnan(estimate.value) && std::isnan(estimate.variance) &&
         std::isnan(estimate.df);
}

}  // namespace

TEST_CASE("clusters without answers have R's t of their means",
          "[analysis][cluster_design]") {
  const GoldenNumbers golden("from_r.txt");
  for (const std::string name : {"sat_coaching", "chicks"}) {
    std::vector<ClusteredItem> items;
    for (const int cluster : golden.integers(name + ".clusters")) {
      items.push_back({0, cluster});
    }
    const ClusterDesign design(items);
    const Estimate found = design.content(golden[name + ".values"]);
    const auto& expected = golden[name + ".interval"];
    CHECK(found.value == Approx(expected[0]).epsilon(1e-12));
    CHECK(found.df == expected[3]);
    check_interval(interval_of(found), expected[1], expected[2]);
    CHECK(is_nan(design.answer(golden[name + ".values"])));
  }
}

TEST_CASE("clusters of one answer each have Welch's interval of R",
          "[analysis][cluster_design]") {
  const GoldenNumbers golden("from_r.txt");
  for (const std::string name : {"sleep", "sprays"}) {
    std::vector<double> values = golden[name + ".first"];
    const auto& second = golden[name + ".second"];
    const ClusterDesign design = design_of(static_cast<int>(values.size()),
                                           static_cast<int>(second.size()), 0);
    CHECK(design.one_answer_each());
    values.insert(values.end(), second.begin(), second.end());
    const auto& content = golden[name + ".content"];
    const Estimate found = design.content(values);
    check_interval(interval_of(found), content[0], content[1]);
    CHECK(found.df == Approx(content[2]).epsilon(1e-12));
    const auto& answer = golden[name + ".answer"];
    check_interval(interval_of(design.answer(values)), answer[0], answer[1]);
    CHECK(design.answer(values).df == Approx(answer[2]).epsilon(1e-12));
  }
}

TEST_CASE("clusters with both answers have R's t of their own means",
          "[analysis][cluster_design]") {
  // Student's ten patients and two drugs.
  const GoldenNumbers golden("from_r.txt");
  std::vector<double> values;
  for (std::size_t g = 0; g < 10; ++g) {
    values.push_back(golden["sleep.first"][g]);
    values.push_back(golden["sleep.second"][g]);
  }
  const ClusterDesign design = design_of(0, 0, 10);
  const auto& content = golden["sleep.paired_content"];
  CHECK(design.content(values).value == Approx(content[0]));
  check_interval(interval_of(design.content(values)), content[1], content[2]);
  const auto& answer = golden["sleep.paired_answer"];
  CHECK(design.answer(values).value == Approx(answer[0]));
  CHECK(design.answer(values).df == 9);
  check_interval(interval_of(design.answer(values)), answer[1], answer[2]);
}

TEST_CASE(
    "where some clusters have both answers the variance is clubSandwich's",
    "[analysis][cluster_design]") {
  const GoldenNumbers golden("from_r.txt");
  std::vector<ClusteredItem> items;
  for (std::size_t i = 0; i < golden["mixed.values"].size(); ++i) {
    items.push_back({golden.integers("mixed.answers")[i],
                     golden.integers("mixed.clusters")[i]});
  }
  const ClusterDesign design(items);
  CHECK(design.n_clusters() == 10);
  CHECK(design.n_first() == 6);
  CHECK(design.n_second() == 7);
  CHECK_FALSE(design.one_answer_each());
  CHECK(design.enough());
  const auto& values = golden["mixed.values"];
  const Estimate content = design.content(values);
  CHECK(content.value == Approx(golden["mixed.content"][0]).epsilon(1e-12));
  CHECK(content.variance == Approx(golden["mixed.content"][1]).epsilon(1e-11));
  CHECK(content.df == 5);
  const Estimate answer = design.answer(values);
  CHECK(answer.value == Approx(golden["mixed.answer"][0]).epsilon(1e-12));
  CHECK(answer.variance == Approx(golden["mixed.answer"][1]).epsilon(1e-11));
}

TEST_CASE("a cluster counts once, however many items it has",
          "[analysis][cluster_design]") {
  // In no order; cluster 5 has two items with the second answer.
  const ClusterDesign design({{-1, 5}, {1, 5}, {1, 2}, {-1, 5}, {-1, 9}});
  const std::vector<double> values{1, 10, 4, 3, 8};
  CHECK(design.clusters() == std::vector<int>{2, 5, 9});
  CHECK(design.answers() == std::vector<int>{1, 0, -1});
  CHECK(design.cluster_means(values) == std::vector<double>{4, 6, 8});
  CHECK(design.content(values).value == ((10 + 4) / 2.0 + (2 + 8) / 2.0) / 2);
  CHECK(design.answer(values).value == ((10 + 4) / 2.0 - (2 + 8) / 2.0) / 2);
  const ClusterDesign words({{0, 7}, {0, 1}, {0, 7}, {0, 7}});
  const std::vector<double> of_words{1, 10, 2, 3};
  CHECK(words.content(of_words).value == 6);
  CHECK(words.content(of_words).variance == Approx(16));
  CHECK(words.content(of_words).df == 1);
  CHECK(words.cluster_means(of_words) == std::vector<double>{10, 2});
}

TEST_CASE("covariances are those of sums", "[analysis][cluster_design]") {
  Random random(2);
  for (const Answers answers :
       {Answers::none, Answers::both, Answers::one, Answers::mixed}) {
    const SimulatedClusters clusters{clustered_items(uneven_sizes(9), answers),
                                     Law::normal, 0.5};
    const ClusterDesign design(clusters.items);
    const auto a = simulated_values(clusters, random);
    const auto b = simulated_values(clusters, random);
    std::vector<double> difference;
    for (std::size_t i = 0; i < a.size(); ++i) {
      difference.push_back(a[i] - 0.4 * b[i]);
    }
    CHECK(design.covariance(a, a) == Approx(design.content(a).variance));
    CHECK(design.content(difference).variance ==
          Approx(design.content(a).variance - 0.8 * design.covariance(a, b) +
                 0.16 * design.content(b).variance));
  }
}

TEST_CASE("six clusters are enough, and four of an answer",
          "[analysis][cluster_design]") {
  CHECK_FALSE(design_of(0, 0, 0, 5).enough());
  CHECK(design_of(0, 0, 0, 6).enough());
  CHECK_FALSE(design_of(0, 0, 5).enough());
  CHECK(design_of(0, 0, 6).enough());
  CHECK_FALSE(design_of(3, 9, 0).enough());
  CHECK_FALSE(design_of(9, 3, 0).enough());
  CHECK(design_of(4, 4, 0).enough());
  CHECK_FALSE(design_of(3, 0, 3).enough());
  CHECK(design_of(2, 0, 4).enough());
  CHECK_FALSE(design_of(1, 0, 4).enough());
  CHECK_FALSE(design_of(9, 0, 0).enough());
  CHECK_FALSE(ClusterDesign({}).enough());
}

TEST_CASE("a design that cannot give an estimate gives no number",
          "[analysis][cluster_design]") {
  CHECK(is_nan(ClusterDesign({}).content({})));
  CHECK(is_nan(ClusterDesign({}).answer({})));
  CHECK(std::isnan(ClusterDesign({}).covariance({}, {})));
  CHECK(ClusterDesign({}).n_clusters() == 0);
  // No item has the second answer.
  CHECK(is_nan(design_of(3, 0, 0).content(std::vector<double>{1, 2, 3})));
  // One cluster has a mean, and no error of it.
  const Estimate one = design_of(0, 0, 1).content(std::vector<double>{1, 2});
  CHECK(one.value == 1.5);
  CHECK(std::isnan(one.variance));
  CHECK(std::isnan(one.df));
  const std::vector<double> three{1, 2, 4};
  CHECK(design_of(2, 1, 0).content(three).value == 2.75);
  CHECK(std::isnan(design_of(2, 1, 0).content(three).variance));
  CHECK(std::isnan(design_of(2, 1, 0).covariance(three, three)));
  CHECK(std::isnan(interval_of(one).low));
  CHECK(std::isnan(interval_of(one).high));
  // No number goes in and comes out.
  const std::vector<double> missing{1, NAN, 2};
  CHECK(std::isnan(design_of(0, 0, 0, 3).content(missing).value));
  CHECK(std::isnan(interval_of(design_of(0, 0, 0, 3).content(missing)).low));
}

TEST_CASE("clusters that are all equal leave no doubt",
          "[analysis][cluster_design]") {
  const Estimate found =
      design_of(4, 5, 0).content(std::vector<double>(9, 0.25));
  CHECK(found.variance == 0);
  CHECK(found.df == 3);
  CHECK(interval_of(found).low == 0.25);
  CHECK(interval_of(found).high == 0.25);
}

TEST_CASE("quantiles of t are the tables'", "[analysis][cluster_design]") {
  CHECK(t_quantile(0.975, 4) == Approx(2.776445105).epsilon(1e-9));
  CHECK(t_quantile(0.975, 5.5) == Approx(2.501858618).epsilon(1e-9));
  CHECK(t_quantile(0.8, 1e9) == Approx(0.841621234).epsilon(1e-8));
  CHECK(t_quantile(0.5, 3) == Approx(0).margin(1e-12));
  CHECK(std::isnan(t_quantile(0.975, NAN)));
  CHECK(std::isnan(t_quantile(0.975, 0)));
}

TEST_CASE("intervals of content and answer cover",
          "[analysis][cluster_design]") {
  Random random(6);
  for (const Answers answers :
       {Answers::none, Answers::both, Answers::one, Answers::mixed}) {
    // As few clusters as there may be.
    const SimulatedClusters clusters{
        clustered_items(equal_sizes(answers == Answers::one ? 8 : 6), answers),
        Law::normal, 0.5, 0.8, answers == Answers::none ? 0 : 1.5};
    const ClusterDesign design(clusters.items);
    Coverage content, answer;
    for (int set = 0; set < 3000; ++set) {
      const auto values = simulated_values(clusters, random);
      content.add(interval_of(design.content(values)), 0.8);
      answer.add(interval_of(design.answer(values)), 1.5);
    }
    CAPTURE(static_cast<int>(answers));
    // A hundredth is two and a half standard errors. With few degrees of
    // freedom Welch's are on the safe side, and the fewer of two more so.
    const bool safe = answers == Answers::one || answers == Answers::mixed;
    CHECK(content.share() > 0.94);
    CHECK(content.share() < (safe ? 0.985 : 0.96));
    if (answers == Answers::none) continue;
    CHECK(answer.share() > 0.94);
    CHECK(answer.share() < (safe ? 0.985 : 0.96));
  }
}
