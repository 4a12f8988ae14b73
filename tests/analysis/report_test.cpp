#include "analysis/report.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/figure_files.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

std::vector<Figure> all_figures(const storage::Results& results) {
  return make_figures(report_source(results));
}

}  // namespace

TEST_CASE("nothing gives no figures", "[analysis][report]") {
  CHECK(all_figures({}).empty());
}

TEST_CASE("figures have names for files, each once", "[analysis][report]") {
  storage::Results results = tests::toy_steered();
  results.behaviours[0].name = {"a/b"};
  results.behaviours[1].name = {"a b"};
  for (const std::int32_t behaviour : {0, 1}) {
    tests::add_variant(results, {.behaviour = behaviour, .slopes = {1, 1}});
  }
  std::vector<std::string> names;
  for (const Figure& figure : all_figures(results)) {
    names.push_back(figure.name);
  }
  CHECK(names == std::vector<std::string>{
                     "dose_response-a_b", "dose_response-a_b_2",
                     "steerability_by_layer-a_b", "steerability_by_layer-a_b_2",
                     "slopes_heat_map-a_b", "slopes_heat_map-a_b_2"});
}

TEST_CASE("a figure of an unfinished run counts its cells",
          "[analysis][report]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {1, 1}});
  results.cells.resize(2);
  results.cells[1].state = 2;
  results.propensity[3].cell = 1;
  const auto figures = all_figures(results);
  REQUIRE(figures.size() > 1);
  CHECK(figures[0].title == "kind, layer 3 (n = 2, 2 clusters) (3 of 4 cells)");
  CHECK(figures[1].title == "kind (n = 2, 2 clusters) (3 of 4 cells)");
}

TEST_CASE("the same results give the same figures", "[analysis][report]") {
  storage::Results results = tests::toy_steered();
  tests::add_variant(results, {.slopes = {1, 2}});
  const auto once = all_figures(results), again = all_figures(results);
  REQUIRE(once.size() == again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(to_data(once[i]) == to_data(again[i]));
    CHECK(to_script(once[i]) == to_script(again[i]));
  }
}
