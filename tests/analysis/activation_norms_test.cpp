#include "analysis/measures/activation_norms.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::shown;

namespace {

// Norms of one layer: 90 between 100 and 200, and, where they count, 10 sinks.
storage::Results results_with_norms() {
  storage::Results results = tests::toy_results();
  storage::NormRow all;
  all.layer = 3;
  all.count = 100;
  all.mean = 2635;
  all.max = 25000;
  storage::NormRow rest = all;
  rest.excluded = 2;
  rest.count = 90;
  rest.mean = 150;
  rest.max = 200;
  results.norms = {all, rest};
  const std::vector<std::int64_t> offsets{0, 3, 5};
  const std::vector<double> lower{100, 150, 24000, 100, 150};
  const std::vector<double> upper{150, 200, 26000, 150, 200};
  const std::vector<std::int64_t> counts{40, 50, 10, 40, 50};
  std::vector<double> quantiles;
  for (int i = 0; i < 18; ++i) quantiles.push_back(100 + i);
  const auto keep = [&](const char* key, const auto& values) {
    results.arrays[key] = storage::make_array(
        std::span(values.data(), values.size()), {std::ssize(values)});
  };
  keep("norm_quantiles", quantiles);
  keep("norm_histograms/offsets", offsets);
  keep("norm_histograms/lower", lower);
  keep("norm_histograms/upper", upper);
  keep("norm_histograms/counts", counts);
  results.vectors[0].norm = 125;
  return results;
}

}  // namespace

TEST_CASE("norms come with their histogram", "[analysis][activation_norms]") {
  const auto rest =
      activation_norms(results_with_norms(), storage::NormSource::reference,
                       storage::NormExclusion::sinks);
  REQUIRE(rest.size() == 1);
  REQUIRE(rest[0].bins.size() == 2);
  CHECK(rest[0].bins[1].count == 50);
  CHECK(rest[0].quantile(0.5) == 113);
  CHECK(std::isnan(rest[0].quantile(0.4)));
  CHECK(rest[0].share_below(90) == 0);
  CHECK(rest[0].share_below(125) == Approx(20.0 / 90));
  CHECK(rest[0].share_below(200) == 1);
}

TEST_CASE("vectors stand beside the text of their layer",
          "[analysis][activation_norms]") {
  const Table table =
      tests::table_of(activation_norms_table, results_with_norms());
  REQUIRE(table.rows.size() == 2);  // both behaviours at layer 3
  CHECK(shown(table, 0, "|v| / mean") == "0.8333");
  CHECK(shown(table, 0, "shorter") == "0.2222");
  CHECK(shown(table, 0, "tokens") == "100");
  CHECK(shown(table, 0, "sinks") == "10");
  CHECK(shown(table, 0, "largest") == "25000.0");
}

TEST_CASE("the figure has the text's histogram and each vector's norm",
          "[analysis][activation_norms]") {
  const auto figures = tests::figures_of(norms_of_text, results_with_norms());
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "norms-layer_3");
  const auto& curves = std::get<Curves>(figures[0].content);
  REQUIRE(curves.series.size() == 3);  // the text, and both behaviours' vectors
  double share = 0;
  for (const FigurePoint& point : curves.series[0].points) {
    share += point.y.estimate;
  }
  CHECK(share == Approx(100));
  CHECK(curves.series[1].points[0].x == 125);
  CHECK(curves.series[1].name == "kind, |v| = 125");
  CHECK(tests::figures_of(norms_of_text, tests::toy_results()).empty());
}

TEST_CASE("without reference text there is no such table",
          "[analysis][activation_norms]") {
  CHECK(tests::table_of(activation_norms_table, tests::toy_results())
            .rows.empty());
}

TEST_CASE("norms that were not computed are said to be missing",
          "[analysis][activation_norms]") {
  storage::Results results = results_with_norms();
  for (storage::NormRow& row : results.norms) {
    row.count = -1;
    row.mean = row.max = NAN;
  }
  for (auto& count : {"norm_histograms/offsets"}) {
    const std::vector<std::int64_t> none{0, 0, 0};
    results.arrays[count] =
        storage::make_array(std::span<const std::int64_t>(none), {3});
  }
  const Table table = tests::table_of(activation_norms_table, results);
  REQUIRE(table.rows.size() == 2);
  CHECK(shown(table, 0, "tokens") == "-");
  CHECK(shown(table, 0, "shorter") == "-");
}

TEST_CASE("of many vectors the figure has the first five, which is told",
          "[analysis][activation_norms]") {
  storage::Results results = results_with_norms();
  for (storage::VectorRow& vector : results.vectors) vector.norm = 125;
  results.vectors.resize(5, results.vectors[0]);
  results.vectors[1].layer = results.vectors[3].layer = 3;
  const auto five = tests::figures_of(norms_of_text, results);
  CHECK(std::get<Curves>(five.at(0).content).series.size() == 6);
  CHECK(five[0].notes.size() == 1);
  results.vectors.resize(40, results.vectors[0]);
  results.vectors.back().norm = NAN;  // is not drawn, whatever there is
  const auto many = tests::figures_of(norms_of_text, results);
  CHECK(std::get<Curves>(many.at(0).content).series.size() == 6);
  REQUIRE(many[0].notes.size() == 2);
  CHECK(many[0].notes[1] ==
        "Of 39 vectors the first 5; the table of Figure 1 has all.");
}
