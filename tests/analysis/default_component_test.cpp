#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/forms/figure_files.hpp"
#include "analysis/measures/default_components.hpp"
#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::toy_decomposition;

namespace {

template <class T>
void keep(storage::Results& results, const char* name,
          const std::vector<T>& values) {
  results.arrays[name] =
      storage::make_array(std::span<const T>(values), {std::ssize(values)});
}

// A code with its coefficients, the first of them the strongest.
struct Code {
  storage::DecompositionRow row;
  std::vector<std::pair<std::int32_t, float>> values = {};
};

void add_codes(storage::Results& results, const std::vector<Code>& codes) {
  std::vector<std::int64_t> offsets{0}, features;
  std::vector<float> values;
  for (const Code& code : codes) {
    tests::add_code(results, code.row,
                    {code.values.begin(), code.values.end()});
    for (const auto& [feature, value] : code.values) {
      features.push_back(feature);
      values.push_back(value);
    }
    offsets.push_back(std::ssize(values));
  }
  keep(results, "codes/offsets", offsets);
  keep(results, "codes/features", features);
  keep(results, "codes/values", values);
}

Code scaled(double scale,
            const std::vector<std::pair<std::int32_t, float>>& values) {
  Code code{toy_decomposition(1, 0, "encode"), values};
  code.row.scale = scale;
  return code;
}

Code of_zero() {
  return {toy_decomposition(-1, 0, "encode", "zero"), {{3, 9.F}, {5, 8.F}}};
}

// Of SAE "late" and kind's vector at layer 5: scale 4 was not computed.
storage::Results with_scales() {
  storage::Results results = tests::toy_results();
  Code missing = scaled(4, {});
  missing.row.n_atoms = -1;
  Code other = scaled(8, {{3, 99.F}});
  other.row.b_dec_input = 0;
  add_codes(results,
            {of_zero(), missing, scaled(2, {{3, 7.F}}),
             scaled(1, {{5, 9.F}, {3, 8.F}}), other, scaled(0.5, {{5, 6.F}})});
  return results;
}

}  // namespace

TEST_CASE("the zero vector's feature is followed over scales",
          "[analysis][default_component]") {
  const storage::Results results = with_scales();
  const auto all = default_components(results);
  REQUIRE(all.size() == 1);
  CHECK(all[0].feature == 3);
  CHECK(all[0].of_zero == 9);
  CHECK(all[0].of_vector == 8);
  REQUIRE(all[0].scaled.size() == 4);
  CHECK(all[0].scaled[0] == std::pair{0.5, 0.0});  // silent
  CHECK(all[0].scaled[1] == std::pair{1.0, 8.0});
  CHECK(all[0].scaled[2] == std::pair{2.0, 7.0});
  CHECK(std::isnan(all[0].scaled[3].second));
  CHECK(std::isnan(all[0].text.mean));  // without [observe]
}

TEST_CASE("figure 3 under scaling has a line a vector and the zero vector's",
          "[analysis][default_component]") {
  const auto figures =
      tests::figures_of(default_component_scaled, with_scales());
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].name == "default_component_scaled-late");
  const auto& series = std::get<Curves>(figures[0].content).series;
  REQUIRE(series.size() == 2);
  CHECK(series[0].name == "zero vector, feature 3");
  CHECK(series[0].points.back().x == 4);
  CHECK(series[0].points.back().y.estimate == 9);
  CHECK(series[1].name == "kind, feature 3");
  CHECK(series[1].points.at(2).y.estimate == 7);
  const std::string script = to_script(figures[0]);
  CHECK_THAT(script, Catch::Contains("set logscale x 2\n") &&
                         Catch::Contains("set xtics (0.5, 1, 2, 4)"));
}

TEST_CASE("negative scales stand on an even axis",
          "[analysis][default_component]") {
  storage::Results results = tests::toy_results();
  add_codes(results, {of_zero(), scaled(-1, {{3, 4.F}}), scaled(1, {})});
  const auto figures = tests::figures_of(default_component_scaled, results);
  REQUIRE(figures.size() == 1);
  CHECK_THAT(to_script(figures[0]), !Catch::Contains("logscale"));
}

TEST_CASE("of one scale there is no figure", "[analysis][default_component]") {
  storage::Results results = tests::toy_results();
  add_codes(results, {of_zero(), scaled(1, {{3, 4.F}})});
  CHECK(tests::figures_of(default_component_scaled, results).empty());
  CHECK(tests::figures_of(default_component, results).empty());
  CHECK(default_components(tests::toy_results()).empty());
}

TEST_CASE("a vector without a default component has its own feature",
          "[analysis][default_component]") {
  storage::Results results = tests::toy_results();
  Code silent = of_zero();
  silent.values.clear();
  add_codes(results,
            {silent, scaled(1, {{5, 9.F}, {3, 8.F}}), scaled(2, {{5, 1.F}})});
  const auto figures = tests::figures_of(default_component_scaled, results);
  REQUIRE(figures.size() == 1);
  const auto& series = std::get<Curves>(figures[0].content).series;
  REQUIRE(series.size() == 1);  // nothing of the zero vector
  CHECK(series[0].name == "kind, feature 5");
}

TEST_CASE("of many vectors the first five are drawn, which is told",
          "[analysis][default_component]") {
  for (const int n : {5, 6, 40}) {
    storage::Results results = tests::toy_results();
    std::vector<Code> codes{of_zero()};
    for (int i = 0; i < n; ++i) {
      results.behaviours.emplace_back().name = {"b" + std::to_string(i)};
      storage::VectorRow vector = results.vectors[1];
      vector.behaviour =
          static_cast<std::int32_t>(results.behaviours.size()) - 1;
      results.vectors.push_back(vector);
      for (const double scale : {1.0, 2.0}) {
        Code code = scaled(scale, {{3, 8.F}});
        code.row.vector = static_cast<std::int32_t>(results.vectors.size()) - 1;
        codes.push_back(code);
      }
    }
    add_codes(results, codes);
    const auto figures = tests::figures_of(default_component_scaled, results);
    REQUIRE(figures.size() == 1);
    const auto& series = std::get<Curves>(figures[0].content).series;
    CHECK(series.size() == 6);  // with the zero vector's
    CHECK(series.back().name == "b4, feature 3");
    const std::string told =
        "Of " + std::to_string(n) + " vectors the first 5.";
    CHECK(std::ranges::count(figures[0].notes, told) == (n > 5 ? 1 : 0));
  }
}
