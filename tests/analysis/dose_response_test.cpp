#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/figure_files.hpp"
#include "analysis/measures/dose_curves.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;
using tests::figures_of;

namespace {

const std::vector<double> kSlopes = {1, 3, 1, 3, 1, 3, 1, 3};

// t(0.975, 7) (scipy 1.17) times the error of a mean of eight that are 1 from
// it.
const double kHalf = 2.3646242515927844 * std::sqrt(8.0 / 7 / 8);

// kind's original at layer 3, at the multipliers -1, 0 and 1: item i has
// i + slope * multiplier at 0 and 1, so that means differ from slopes.
storage::Results with_original() {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = kSlopes});
  for (std::int32_t i = 0; i < 8; ++i) {
    storage::PropensityRow row;
    row.layer = 3;
    row.item = i;
    row.multiplier = 0;
    row.logit_match = 5;
    row.logit_other = static_cast<float>(i % 2 == 0 ? 1 : 3);
    results.propensity.push_back(row);
  }
  return results;
}

void add_reconstruction(storage::Results& results, double slope,
                        bool zero = false) {
  const auto row = static_cast<std::int32_t>(results.decompositions.size());
  results.decompositions.push_back(
      tests::toy_decomposition(zero ? -1 : 0, 1, "omp"));
  results.decompositions.back().parameter = row + 1;
  add_variant(results, {zero ? "zero-reconstruction" : "reconstruction", 0, 3,
                        std::vector<double>(8, slope), row});
}

const Curves& curves_of(const Figure& figure) {
  return std::get<Curves>(figure.content);
}

}  // namespace

TEST_CASE("a dose's mean is over clusters, with its interval",
          "[analysis][dose_response]") {
  const auto figures = figures_of(dose_response, with_original());
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "dose_response-kind");
  CHECK(figures[0].title == "kind, layer 3 (n = 8, 8 clusters)");
  CHECK(figures[0].x.marks == std::vector<double>{-1, 0, 1});
  const auto& series = curves_of(figures[0]).series;
  REQUIRE(series.size() == 2);
  CHECK(series[1].name == "original");
  const double means[] = {-2, 3, 2};
  REQUIRE(series[1].points.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const FigurePoint& point = series[1].points[i];
    CHECK(point.x == static_cast<double>(i) - 1);
    CHECK(point.y.estimate == Approx(means[i]));
    CHECK(point.y.low == Approx(means[i] - kHalf));
    CHECK(point.y.high == Approx(means[i] + kHalf));
  }
}

TEST_CASE("behind it lie its items, each a pale line",
          "[analysis][dose_response]") {
  const auto figures = figures_of(dose_response, with_original());
  const Series& faint = curves_of(figures.at(0)).series.at(0);
  CHECK(faint.mark == Mark::faint);
  CHECK(faint.name == "single items (original)");
  REQUIRE(faint.points.size() == 8 * 3);
  const double first[] = {-1, 4, 1}, second[] = {-3, 2, 3};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(faint.points[i].y.estimate == first[i]);
    CHECK(faint.points[3 + i].y.estimate == second[i]);
  }
  CHECK_THAT(to_data(figures[0]),
             Catch::Contains("1\t1\tNaN\tNaN\t\"\"\n\n-1\t-3\tNaN"));
  CHECK_THAT(to_script(figures[0]), Catch::Contains("with lines lc rgb faint"));
}

TEST_CASE("of many items clusters are drawn, and no more than sixty",
          "[analysis][dose_response]") {
  // 200 items, two a cluster, whose slopes are the cluster and two more.
  storage::Results results = tests::toy_steered();
  results.items.clear();
  std::vector<double> slopes;
  for (std::int32_t i = 0; i < 200; ++i) {
    storage::ItemRow item;
    item.item = i;
    item.cluster = i / 2;
    item.split = static_cast<std::uint8_t>(storage::Split::test);
    results.items.push_back(item);
    slopes.push_back(i / 2 + (i % 2 == 0 ? 0 : 2));
  }
  add_variant(results, {.slopes = slopes});
  const auto figures = figures_of(dose_response, results);
  const Series& faint = curves_of(figures.at(0)).series.at(0);
  CHECK(faint.name == "60 of 100 clusters (original)");
  REQUIRE(faint.points.size() == 60 * 2);
  // Line 3 is of cluster 3 * 100 / 60 = 5.
  CHECK(faint.points[2 * 3 + 1].y.estimate == 6);
  CHECK(curves_of(figures[0]).series[1].points[1].y.estimate == Approx(50.5));
}

TEST_CASE("a legend has six lines: the largest slopes, and the zero vector's",
          "[analysis][dose_response]") {
  storage::Results results = with_original();
  for (const double slope : {0.5, -1.5, 0.25, 1.0, 0.75}) {
    add_reconstruction(results, slope);
  }
  add_reconstruction(results, 0.1, true);
  const auto figures = figures_of(dose_response, results);
  std::vector<std::string> names;
  for (const Series& one : curves_of(figures.at(0)).series) {
    names.push_back(one.name);
  }
  CHECK(names == std::vector<std::string>{
                     "single items (original)", "original",
                     "reconstruction (omp:2)", "reconstruction (omp:4)",
                     "reconstruction (omp:5)", "zero-reconstruction (omp:6)"});
  CHECK(figures[0].notes.at(2) ==
        "Of 7 variants those with the largest slopes; the table of "
        "steerability has all.");
}

TEST_CASE("too few clusters leave means without intervals",
          "[analysis][dose_response]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = {1, 2, 3, 4, 5}});
  const ReportSource source = report_source(results);
  const auto curves = dose_curves(results, {&source.slopes[0]});
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].means.at(1).estimate == Approx(3));
  CHECK(std::isnan(curves[0].means[1].low));
  CHECK(std::isnan(curves[0].means[1].high));
}

TEST_CASE("an item without a number is in no mean",
          "[analysis][dose_response]") {
  storage::Results results = tests::toy_steered();
  std::vector<double> slopes = kSlopes;
  slopes[1] = NAN;
  add_variant(results, {.slopes = slopes});
  const auto figures = figures_of(dose_response, results);
  const auto& series = curves_of(figures.at(0)).series;
  CHECK(series[0].points.size() == 7 * 2);
  CHECK(series[1].points.at(1).y.estimate == Approx(13.0 / 7));
}

TEST_CASE("other operations have figures of their own",
          "[analysis][dose_response]") {
  storage::Results results = with_original();
  const std::size_t n = results.propensity.size();
  add_variant(results, {.slopes = kSlopes});
  results.variants.back().operation = 3;
  for (std::size_t i = n; i < results.propensity.size(); ++i) {
    results.propensity[i].multiplier *= 30;
  }
  const auto figures = figures_of(dose_response, results);
  REQUIRE(figures.size() == 2);
  CHECK(figures[0].name == "dose_response-kind");
  CHECK(figures[0].x.marks == std::vector<double>{-1, 0, 1});
  CHECK(curves_of(figures[0]).series.size() == 2);
  CHECK(figures[1].name == "dose_response-kind-rotate");
  CHECK(figures[1].title == "rotate: kind, layer 3 (n = 8, 8 clusters)");
  CHECK(figures[1].x.unit == "degrees");
  CHECK(figures[1].x.marks == std::vector<double>{-30, 30});
  CHECK(curves_of(figures[1]).series.at(1).name == "rotate of original");
}
