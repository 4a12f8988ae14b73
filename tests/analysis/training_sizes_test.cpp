#include "analysis/measures/training_sizes.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/figures/figures.hpp"
#include "analysis/tables/tables.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;
using tests::figures_of;

namespace {

// A draw of so many clusters whose slope is this.
void add_draw(storage::Results& results, int clusters, int draw, double slope) {
  add_variant(results, {.source = "subset",
                        .slopes = std::vector<double>(8, slope),
                        .seed = draw,
                        .norm_rule = storage::NormRule::as_is});
  results.variants.back().train_clusters = clusters;
}

// kind's original at layer 3 has slope 4, of twelve training clusters.
storage::Results grown() {
  storage::Results results = tests::toy_steered();
  add_draw(results, 6, 0, 3);
  add_variant(results, {.slopes = std::vector<double>(8, 4)});
  add_draw(results, 3, 0, 1);
  add_draw(results, 3, 1, 2.5);
  results.vectors[static_cast<std::size_t>(results.variants[1].vector)]
      .n_clusters = 12;
  return results;
}

}  // namespace

TEST_CASE("slopes of fewer clusters go by their number",
          "[analysis][training_sizes]") {
  const storage::Results results = grown();
  const ReportSource source = report_source(results);
  const auto curves = training_curves(source);
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].original->variant == 1);
  CHECK(curves[0].all_clusters == 12);
  REQUIRE(curves[0].sizes.size() == 2);
  CHECK(curves[0].sizes[0].clusters == 3);
  const Interval range = range_of(curves[0].sizes[0]);
  CHECK(range.estimate == Approx(1.75));
  CHECK(range.low == Approx(1));
  CHECK(range.high == Approx(2.5));
  CHECK(curves[0].sizes[1].clusters == 6);
  CHECK(curves[0].sizes[1].draws.size() == 1);

  const Table table = training_sizes_table(source);
  REQUIRE(table.rows.size() == 3);
  CHECK(std::get<std::int64_t>(table.rows[2][3]) == 12);
  CHECK(std::get<double>(table.rows[0][8]) == Approx(1.75 / 4));
  CHECK(std::get<double>(table.rows[2][8]) == Approx(1));
  CHECK(table.coverage.size() == 3);
}

TEST_CASE("the figure ends at the original", "[analysis][training_sizes]") {
  const storage::Results results = grown();
  const auto figures = figures_of(training_sizes, results);
  REQUIRE(figures.size() == 1);
  const auto& curves = std::get<Curves>(figures[0].content);
  REQUIRE(curves.series.size() == 1);
  CHECK(curves.series[0].name == "layer 3");
  REQUIRE(curves.series[0].points.size() == 3);
  CHECK(curves.series[0].points[0].y.high == Approx(2.5));
  CHECK(std::isnan(curves.series[0].points[1].y.low));
  CHECK(curves.series[0].points[2].x == 12);
  CHECK(curves.series[0].points[2].y.estimate == Approx(4));
}

TEST_CASE("a subset is neither an original nor compared with one",
          "[analysis][training_sizes]") {
  storage::Results results = grown();
  tests::add_weak_noise(results);
  const ReportSource source = report_source(results);
  CHECK(steers(source, source.slopes[1]));
  CHECK(source.comparisons.slopes.n == 1);
  CHECK(source.comparisons.exploratory.n == 0);
  for (const std::size_t subset : {0U, 2U, 3U}) {
    CHECK(std::isnan(source.retained[subset].estimate));
    CHECK(source.comparisons.of[subset].family == Family::none);
  }
  CHECK(source.slopes[1].training.slopes.empty());
  const storage::Results without = tests::toy_steered();
  CHECK(training_curves(report_source(without)).empty());
  CHECK(training_sizes_table(report_source(without)).rows.empty());
  CHECK(figures_of(training_sizes, without).empty());
}
