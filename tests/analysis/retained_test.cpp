#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "storage/results/enumerations.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;
using tests::figures_of;

namespace {

// Eight items: each slope four times. Random directions have slopes of 0.2 at
// most.
storage::Results with_reconstruction(const std::vector<double>& original_pair,
                                     const std::vector<double>& its_pair) {
  storage::Results results = tests::toy_steered();
  std::vector<double> original, reconstruction;
  for (int i = 0; i < 4; ++i) {
    original.insert(original.end(), original_pair.begin(), original_pair.end());
    reconstruction.insert(reconstruction.end(), its_pair.begin(),
                          its_pair.end());
  }
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = std::move(original)});
  add_variant(results,
              {"reconstruction", 0, 3, std::move(reconstruction), 0, -1, 0.6});
  tests::add_weak_noise(results);
  return results;
}

}  // namespace

TEST_CASE("what a reconstruction retains stands against its cosine",
          "[analysis][retained]") {
  const auto figures = figures_of(retained_against_cosine,
                                  with_reconstruction({-4, -4}, {-1, -3}));
  REQUIRE(figures.size() == 1);
  const auto& series = std::get<Curves>(figures[0].content).series;
  REQUIRE(series.size() == 2);
  CHECK(series[0].mark == Mark::guide);
  CHECK(series[1].name == "kind, encode");
  CHECK(figures[0].title ==
        "Steering kept by reconstructions (n = 8, 8 clusters)");
  REQUIRE(series[1].points.size() == 1);
  const FigurePoint& point = series[1].points[0];
  CHECK(point.x == 0.6);
  CHECK(point.y.estimate == Approx(0.5));
  // An original without noise: the reconstruction's own, t(0.975, 7) times the
  // error of a mean of eight that are 1 from it, over 4 (scipy 1.17).
  const double half = 2.364624 * std::sqrt(8.0 / 7 / 8) / 4;
  CHECK(point.y.low == Approx(0.5 - half).epsilon(1e-5));
  CHECK(point.y.high == Approx(0.5 + half).epsilon(1e-5));
  CHECK(point.label == "layer 3");
}

TEST_CASE("where the original does not steer nothing is retained",
          "[analysis][retained]") {
  CHECK(
      figures_of(retained_against_cosine, with_reconstruction({-1, 2}, {1, 1}))
          .empty());
  storage::Results results = with_reconstruction({1, 1}, {1, 1});
  CHECK(figures_of(retained_against_cosine, results).size() == 1);
  // Without noise nothing is known, and without an original there is nothing.
  storage::Results quiet = results;
  for (auto& row : quiet.variants) {
    if (row.source == 3) row.source = 4;
  }
  CHECK(figures_of(retained_against_cosine, quiet).empty());
  results.variants[0].source = 3;  // no original at all
  CHECK(figures_of(retained_against_cosine, results).empty());
}

TEST_CASE("the comparison line reaches to the least cosine",
          "[analysis][retained]") {
  storage::Results results = with_reconstruction({1, 1}, {1, 1});
  results.variants[1].cosine = -0.25;
  const auto figures = figures_of(retained_against_cosine, results);
  const auto& guide =
      std::get<Curves>(figures.at(0).content).series.at(0).points;
  CHECK(guide[0].x == -0.25);
  CHECK(guide[0].y.estimate == -0.25);
  CHECK(guide[1].x == 1);
  CHECK(guide[1].y.estimate == 1);
}

TEST_CASE("of many methods a series is a behaviour, and labels name them",
          "[analysis][retained]") {
  storage::Results results = with_reconstruction({1, 1}, {1, 1});
  for (int i = 1; i <= 7; ++i) {
    results.decompositions.push_back(tests::toy_decomposition(0, 1, "omp"));
    results.decompositions.back().parameter = i;
    add_variant(results,
                {"reconstruction", 0, 3, std::vector<double>(8, 1.0), i});
  }
  const auto figures = figures_of(retained_against_cosine, results);
  const auto& series = std::get<Curves>(figures.at(0).content).series;
  REQUIRE(series.size() == 2);
  CHECK(series[1].name == "kind");
  REQUIRE(series[1].points.size() == 8);
  CHECK(series[1].points[7].label == "omp:7, layer 3");
}

TEST_CASE("a reconstruction of nothing has no place", "[analysis][retained]") {
  storage::Results results = with_reconstruction({1, 1}, {0, 0});
  results.variants[1].cosine = NAN;
  CHECK(figures_of(retained_against_cosine, results).empty());
}

TEST_CASE("reconstructions of another length are not compared",
          "[analysis][retained]") {
  storage::Results results = with_reconstruction({1, 1}, {1, 1});
  for (auto& row : results.variants) {
    row.norm_rule = static_cast<std::int32_t>(storage::NormRule::as_is);
  }
  CHECK(figures_of(retained_against_cosine, results).empty());
}

TEST_CASE("whole codes stand against their explained variance",
          "[analysis][retained]") {
  storage::Results results = with_reconstruction({2, 2}, {1, 1});
  results.decompositions[0].explained_variance = -0.3;
  const auto figures = figures_of(retained_against_explained_variance, results);
  REQUIRE(figures.size() == 1);
  const auto& series = std::get<Curves>(figures[0].content).series;
  REQUIRE(series.size() == 2);
  CHECK(series[0].mark == Mark::guide);
  CHECK(series[1].points.at(0).x == -0.3);
  CHECK(series[1].points.at(0).y.estimate == Approx(0.5));
  results.decompositions[0].explained_variance = -400;
  const auto far = figures_of(retained_against_explained_variance, results);
  CHECK(std::get<Curves>(far[0].content).series[1].points.at(0).x == -1);
  results.variants[1].part = 2;
  CHECK(figures_of(retained_against_explained_variance, results).empty());
}

namespace {

// A reconstruction by each of some methods, of each of some behaviours that
// steer; the toy's own are the first two of these.
storage::Results with_many(int behaviours, int methods) {
  storage::Results results = tests::toy_steered();
  const std::vector<storage::ItemRow> items = results.items;
  for (std::int32_t b = 0; b < behaviours; ++b) {
    if (b >= std::ssize(results.behaviours)) {
      results.behaviours.push_back(results.behaviours[0]);
      results.behaviours.back().id = b;
      results.behaviours.back().name = {"b" + std::to_string(b)};
      for (const std::int32_t layer : {3, 5}) {
        storage::VectorRow vector = results.vectors[0];
        vector.behaviour = b;
        vector.layer = layer;
        results.vectors.push_back(vector);
      }
    }
    for (storage::ItemRow item : items) {
      if (b == 0) break;  // these are its own
      item.behaviour = b;
      results.items.push_back(item);
    }
    add_variant(results, {.behaviour = b, .slopes = tests::around(1)});
    for (std::int32_t m = 0; m < methods; ++m) {
      results.decompositions.push_back(
          tests::toy_decomposition(2 * b, 1, "omp"));
      results.decompositions.back().parameter = m + 1;
      add_variant(results,
                  {"reconstruction", b, 3, tests::around(1),
                   static_cast<std::int32_t>(results.decompositions.size()) - 1,
                   -1, 0.6});
    }
    tests::add_weak_noise(results, b);
  }
  return results;
}

std::vector<std::string> legend_of(const storage::Results& results) {
  const auto figures = figures_of(retained_against_cosine, results);
  std::vector<std::string> legend;
  for (const Series& one : std::get<Curves>(figures.at(0).content).series) {
    legend.push_back(one.name);
  }
  return legend;
}

}  // namespace

TEST_CASE("a legend has six lines at most, whatever there is",
          "[analysis][retained]") {
  using Names = std::vector<std::string>;
  CHECK(legend_of(with_many(2, 2)) == Names{"equal to the cosine",
                                            "kind, omp:1", "kind, omp:2",
                                            "curt, omp:1", "curt, omp:2"});
  CHECK(legend_of(with_many(3, 2)) ==
        Names{"equal to the cosine", "kind", "curt", "b2"});
  CHECK(legend_of(with_many(6, 2)) ==
        Names{"equal to the cosine", "omp:1", "omp:2"});
  CHECK(legend_of(with_many(6, 6)) ==
        Names{"equal to the cosine", "reconstructions"});
}

TEST_CASE("a series has one line in the legend, however many items points have",
          "[analysis][retained]") {
  storage::Results results = with_many(1, 1);
  // The same method at another layer, of which an item is missing.
  results.decompositions.push_back(tests::toy_decomposition(1, 0, "omp"));
  results.decompositions.back().parameter = 1;
  std::vector<double> slopes = tests::around(1);
  add_variant(results, {.layer = 5, .slopes = slopes});
  slopes[0] = NAN;
  add_variant(results, {"reconstruction", 0, 5, slopes, 1, -1, 0.6});
  tests::add_weak_noise(results, 0, 5);
  CHECK(legend_of(results) ==
        std::vector<std::string>{"equal to the cosine", "kind, omp:1"});
  CHECK(figures_of(retained_against_cosine, results).at(0).title ==
        "Steering kept by reconstructions (n = 7 to 8, 7 to 8 clusters)");
}
