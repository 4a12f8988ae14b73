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

// kind's original at layer 3, whose slope is 4 and which steers.
storage::Results with_original() {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = std::vector<double>(8, 4)});
  tests::add_weak_noise(results);
  return results;
}

// A whole code of so many atoms, as long as the vector, that has these slopes
// four times. Returns its row of tables/decompositions.
std::int32_t add_code(storage::Results& results, const std::string& method,
                      int parameter, int atoms, double one, double other) {
  const auto row = static_cast<std::int32_t>(results.decompositions.size());
  results.decompositions.push_back(tests::toy_decomposition(0, 1, method));
  results.decompositions.back().parameter = parameter;
  results.decompositions.back().n_atoms = atoms;
  std::vector<double> slopes;
  for (int i = 0; i < 8; ++i) slopes.push_back(i % 2 == 0 ? one : other);
  add_variant(results, {"reconstruction", 0, 3, slopes, row, -1, 0.6});
  return row;
}

void add_first(storage::Results& results, std::int32_t code, int k,
               double slope) {
  add_variant(results, {"reconstruction", 0, 3, std::vector<double>(8, slope),
                        code, -1, 0.6});
  results.variants.back().part =
      static_cast<std::int32_t>(storage::Part::first);
  results.variants.back().part_k = k;
}

const std::vector<Series>& series_of(const Figure& figure) {
  return std::get<Curves>(figure.content).series;
}

}  // namespace

TEST_CASE("one method's codes are a line over their atoms",
          "[analysis][retained_against_atoms]") {
  storage::Results results = with_original();
  add_code(results, "omp", 32, 32, 2, 4);
  add_code(results, "omp", 8, 8, 1, 3);
  add_code(results, "encode", 0, 90, 1, 1);  // the only one of its method
  const auto figures = figures_of(retained_against_atoms, results);
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "retained_against_atoms-kind-early");
  CHECK(figures[0].title == "kind, early (n = 8, 8 clusters)");
  CHECK(figures[0].x.spacing == Spacing::doublings);
  CHECK(figures[0].x.marks == std::vector<double>{8, 32});
  const auto& series = series_of(figures[0]);
  REQUIRE(series.size() == 2);
  CHECK(series[0].mark == Mark::guide);
  CHECK(series[0].points[1].y.estimate == 1);
  CHECK(series[1].name == "omp");
  REQUIRE(series[1].points.size() == 2);
  // The original has no variance: t(0.975, 7) times the error of a mean of
  // eight that are 1 from it, over 4 (scipy 1.17).
  const double half = 2.3646242515927844 * std::sqrt(8.0 / 7 / 8) / 4;
  const double kept[] = {0.5, 0.75}, atoms[] = {8, 32};
  for (std::size_t i = 0; i < 2; ++i) {
    const FigurePoint& point = series[1].points[i];
    CHECK(point.x == atoms[i]);
    CHECK(point.y.estimate == Approx(kept[i]));
    CHECK(point.y.low == Approx(kept[i] - half));
    CHECK(point.y.high == Approx(kept[i] + half));
  }
}

TEST_CASE("the strongest atoms of a code are a line up to all of them",
          "[analysis][retained_against_atoms]") {
  storage::Results results = with_original();
  const std::int32_t code = add_code(results, "encode", 0, 12, 2, 2);
  add_first(results, code, 4, 1);
  add_first(results, code, 16, 2);  // has no more than 12
  const auto figures = figures_of(retained_against_atoms, results);
  const auto& series = series_of(figures.at(0));
  REQUIRE(series.size() == 2);
  CHECK(series[1].name == "encode, the strongest");
  REQUIRE(series[1].points.size() == 2);
  CHECK(series[1].points[0].x == 4);
  CHECK(series[1].points[0].y.estimate == Approx(0.25));
  CHECK(series[1].points[1].x == 12);
  CHECK(series[1].points[1].y.estimate == Approx(0.5));
}

TEST_CASE("of one number of atoms, and where nothing steers, there is no line",
          "[analysis][retained_against_atoms]") {
  storage::Results results = with_original();
  add_code(results, "omp", 8, 8, 1, 3);
  CHECK(figures_of(retained_against_atoms, results).empty());
  add_code(results, "omp", 32, 32, 2, 4);
  CHECK(figures_of(retained_against_atoms, results).size() == 1);
  storage::Results still = results;
  for (auto& row : still.propensity) {
    if (row.variant == 0) row.logit_match = 0;
  }
  CHECK(figures_of(retained_against_atoms, still).empty());
  for (auto& row : results.variants) {
    row.norm_rule = static_cast<std::int32_t>(storage::NormRule::as_is);
  }
  CHECK(figures_of(retained_against_atoms, results).empty());
}

TEST_CASE("a set of ratios without ends has no bar, and a note",
          "[analysis][retained_against_atoms]") {
  const storage::Results results = [] {
    storage::Results all = with_original();
    add_code(all, "omp", 8, 8, 1, 3);
    add_code(all, "omp", 32, 32, 2, 4);
    return all;
  }();
  ReportSource source = report_source(results);
  source.retained.back().shape = RatioSet::Shape::outside;
  const auto figures = retained_against_atoms(source);
  const auto& points = series_of(figures.at(0)).at(1).points;
  CHECK(std::isfinite(points.at(0).y.low));
  CHECK(points.at(1).y.estimate == Approx(0.75));
  CHECK(std::isnan(points[1].y.low));
  CHECK(std::isnan(points[1].y.high));
  CHECK(figures[0].notes.at(2) ==
        "1 point has no bar: the set of ratios is not bounded, see the table.");
}
