#include <fmt/format.h>

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

const std::vector<Series>& series_of(const Figure& figure) {
  return std::get<Curves>(figure.content).series;
}

}  // namespace

TEST_CASE("a behaviour's slopes stand against the layer",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {"reconstruction", 0, 3, {0.5, 0.5}, 0});
  add_variant(results, {.layer = 3, .slopes = {1, 2, 1, 2, 1, 2, 1, 2}});
  add_variant(results, {.layer = 5, .slopes = std::vector<double>(8, 3.0)});
  add_variant(results, {"other", 0, 3, {9, 9}});
  const auto figures = figures_of(steerability_by_layer, results);
  REQUIRE(figures.size() == 1);  // nothing of the other behaviour
  CHECK(figures[0].name == "steerability_by_layer-kind");
  CHECK(figures[0].title == "kind");
  CHECK(figures[0].x.marks == std::vector<double>{3, 5});
  CHECK(std::get<Curves>(figures[0].content).step == 2);
  const auto& series = series_of(figures[0]);
  REQUIRE(series.size() == 2);
  CHECK(series[0].name == "original (n = 8, 8 clusters)");
  CHECK(series[1].name == "reconstruction (encode) (n = 2, 2 clusters)");
  // Two clusters have no interval.
  CHECK(std::isnan(series[1].points[0].y.low));
  REQUIRE(series[0].points.size() == 2);
  CHECK(series[0].points[0].x == 3);
  CHECK(series[0].points[0].y.estimate == Approx(1.5));
  // 1.5 +- t(0.975, 7) sqrt(2 / 7) / sqrt(8), scipy 1.17.
  CHECK(series[0].points[0].y.low == Approx(1.053128).margin(1e-5));
  CHECK(series[0].points[0].y.high == Approx(1.946872).margin(1e-5));
  CHECK(series[0].points[1].y.estimate == Approx(3));
}

TEST_CASE("lines and band are of the main operation",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  for (const int operation : {3, 0}) {
    add_variant(results, {.slopes = std::vector<double>(8, operation + 1.0)});
    results.variants.back().operation = operation;
    for (const std::int32_t seed : {0, 1}) {
      const double slope = (operation + 1) * (seed == 0 ? 1 : -1);
      add_variant(results, {"random", 0, 3, {slope, slope}, -1, seed});
      results.variants.back().operation = operation;
    }
  }
  const auto figures = figures_of(steerability_by_layer, results);
  REQUIRE(figures.size() == 1);
  const auto& series = series_of(figures[0]);
  REQUIRE(series.size() == 2);
  // +- t(0.975, 2) 1, scipy 1.17.
  CHECK(series[0].points.at(0).y.high == Approx(4.302653));
  CHECK(series[1].name == "original");
  CHECK(series[1].points.at(0).y.estimate == Approx(1));
}

TEST_CASE("noise is a band over all kinds that a slope has to leave",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = {1, 1}});
  add_variant(results, {"random", 0, 3, {-1, -1}, -1, 0});
  add_variant(results, {"random", 0, 3, {1, 1}, -1, 1});
  add_variant(results, {"random", 0, 5, {NAN, NAN}, -1, 0});
  // Stretched, as files have them that know no others.
  add_variant(results, {"shuffled", 0, 3, {7, 7}, -1, 0});
  const auto band_of = [&] {
    return series_of(figures_of(steerability_by_layer, results).at(0)).at(0);
  };
  const Series band = band_of();
  CHECK(band.mark == Mark::band);
  CHECK(band.name == "random (2 a layer)");
  REQUIRE(band.points.size() == 2);
  CHECK(band.points[0].y.estimate == Approx(0).margin(1e-9));
  // +- t(0.975, 2) rms.
  CHECK(band.points[0].y.low == Approx(-4.302653).epsilon(1e-5));
  CHECK(band.points[0].y.high == Approx(4.302653).epsilon(1e-5));
  CHECK(std::isnan(band.points[1].y.low));
  // At their own length: 1 +- t(0.975, 2) 2 sqrt(1 + 1 / 3).
  for (const double slope : {-1.0, 1.0, 3.0}) {
    add_variant(results, {.source = "shuffled",
                          .slopes = {slope, slope},
                          .seed = static_cast<std::int32_t>(slope),
                          .norm_rule = storage::NormRule::as_is});
  }
  // Narrower than both: it changes neither end.
  add_variant(results, {"covariance", 0, 3, {0.1, 0.1}, -1, 0});
  add_variant(results, {"covariance", 0, 3, {-0.1, -0.1}, -1, 1});
  CHECK(band_of().name == "noise (3 a layer)");
  CHECK(band_of().points[0].y.low == Approx(-8.936551).epsilon(1e-5));
  CHECK(band_of().points[0].y.high == Approx(10.936551).epsilon(1e-5));
}

TEST_CASE("of too many variants the largest slopes are shown, and it is said",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = {0.1, 0.1}});
  for (int i = 0; i < 9; ++i) {
    results.decompositions.push_back(tests::toy_decomposition(0, 1, "omp"));
    results.decompositions.back().parameter = i + 1;
    const double slope = i % 2 == 0 ? i + 1 : -i - 1;
    add_variant(results, {"reconstruction", 0, 3, {slope, slope}, i});
  }
  const auto figures = figures_of(steerability_by_layer, results);
  const auto& series = series_of(figures.at(0));
  REQUIRE(series.size() == 5);
  CHECK(series[0].name == "original");
  for (int i = 6; i <= 9; ++i) {
    CHECK(series[static_cast<std::size_t>(i) - 5].name ==
          fmt::format("reconstruction (omp:{})", i));
  }
  CHECK(figures[0].title == "kind (n = 2, 2 clusters)");
  CHECK_THAT(figures[0].notes.back(), Catch::StartsWith("Of 10 variants"));
  CHECK(figures[0].notes.at(2) ==
        "The original steers: unknown at layer 3 (too few clusters (2)).");
}

TEST_CASE("what was not computed is a gap, and no figure if it is all",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = {NAN, NAN}});
  CHECK(figures_of(steerability_by_layer, results).empty());
  add_variant(results, {.layer = 5, .slopes = {1, 1}});
  results.cells.resize(1);
  results.cells[0].state = 2;
  const auto figures = figures_of(steerability_by_layer, results);
  REQUIRE(figures.size() == 1);
  CHECK(std::isnan(series_of(figures[0])[0].points[0].y.estimate));
  CHECK(figures[0].cells.done == 0);
  CHECK(figures[0].cells.planned == 8);
}

TEST_CASE("reconstructions of another length are shown if there are no others",
          "[analysis][steerability_by_layer]") {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  add_variant(results, {.slopes = {1, 1}});
  add_variant(results, {"reconstruction", 0, 3, {2, 2}, 0});
  results.variants.back().norm_rule =
      static_cast<std::int32_t>(storage::NormRule::as_is);
  const auto names_of = [&] {
    std::vector<std::string> names;
    const auto figures = figures_of(steerability_by_layer, results);
    for (const Series& one : series_of(figures.at(0))) {
      names.push_back(one.name);
    }
    return names;
  };
  CHECK(names_of() == std::vector<std::string>{
                          "original", "reconstruction (encode, own length)"});
  add_variant(results, {"reconstruction", 0, 3, {2, 2}, 0});
  CHECK(names_of() ==
        std::vector<std::string>{"original", "reconstruction (encode)"});
}
