#include "analysis/page/facets.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// "kind" at layer 3 with a reconstruction of it; behaviours and SAEs are two
// each.
storage::Results steered() {
  storage::Results results = tests::toy_steered();
  results.decompositions.push_back(tests::toy_decomposition(0, 1, "encode"));
  tests::add_variant(results, {.slopes = {1, 2}});
  tests::add_variant(
      results,
      {.source = "reconstruction", .slopes = {1, 2}, .decomposition = 0});
  return results;
}

}  // namespace

TEST_CASE("a row is found by its columns and by what it was made of",
          "[analysis][facets]") {
  const storage::Results results = steered();
  const Facets facets(results);
  Table table;
  table.columns = {{"behaviour"}, {"layer"}, {"SAE"}, {"x"}};
  table.rows = {{std::string("curt"), std::int64_t{5}, std::string("late"),
                 std::string("kind")},
                {std::string("of nobody"), std::int64_t{77}, std::string(),
                 std::string("kind")}};
  CHECK(facets.of_row(table, 0) == "b1 l1 s0");
  CHECK(facets.of_row(table, 1).empty());
  table.made_of = {{0}, {1}};
  CHECK(facets.of_row(table, 1) == "b0 l0 m0 s1");
}

TEST_CASE("a figure is found by its file", "[analysis][facets]") {
  const storage::Results results = steered();
  const Facets facets(results);
  Figure figure;
  figure.name = "steerability_by_layer-curt";
  CHECK(facets.of_figure(figure) == "b1");
  figure.name = "top_features-early";
  CHECK(facets.of_figure(figure) == "s1");
  figure.name = "signs";
  CHECK(facets.of_figure(figure).empty());
}

TEST_CASE("filters offer what there are several of", "[analysis][facets]") {
  storage::Results results = steered();
  const std::string bar = Facets(results).bar();
  CHECK_THAT(bar, Catch::Contains("hidden") &&
                      Catch::Contains("<option value=\"b1\">curt</option>") &&
                      Catch::Contains("<option value=\"l1\">5</option>") &&
                      Catch::Contains("<option value=\"s0\">late</option>") &&
                      !Catch::Contains("method"));
  CHECK(Facets(storage::Results{}).bar().empty());
  results.saes[0].name = {"</select><script>"};
  CHECK_THAT(Facets(results).bar(), !Catch::Contains("<script>"));
}

TEST_CASE("of very many names the first are offered", "[analysis][facets]") {
  storage::Results results;
  for (std::size_t i = 0; i < kMostChoices + 5; ++i) {
    results.behaviours.emplace_back().name = {"b" + std::to_string(i)};
  }
  const std::string bar = Facets(results).bar();
  CHECK_THAT(bar, Catch::Contains("value=\"b199\"") &&
                      !Catch::Contains("value=\"b200\""));
}
