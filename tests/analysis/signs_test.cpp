#include <catch2/catch.hpp>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("signs are shares of the features, beside chance",
          "[analysis][signs]") {
  storage::Results results = tests::toy_results();
  // ++, +-, and twice --.
  for (const auto& [positive, negative, projection] :
       {std::tuple{2.0, 1.0, 0.5},
        {2.0, 1.0, -0.5},
        {1.0, 2.0, -0.5},
        {0.0, 2.0, -0.5}}) {
    results.code_differences.push_back(
        {0, 1, 0, 0, 0, positive, negative, projection, projection, 0});
  }
  const auto figures = tests::figures_of(signs, results);
  REQUIRE(figures.size() == 1);
  const auto& bars = std::get<Bars>(figures[0].content);
  REQUIRE(bars.groups.size() == 1);
  CHECK(bars.groups[0].name == "kind, late (n = 4)");
  std::string shown;
  for (const Bar& bar : bars.groups[0].bars) {
    shown += bar.label + "=" + std::to_string(static_cast<int>(bar.value)) +
             (bar.kind == 0 ? " agrees " : " contradicts ");
  }
  CHECK(shown ==
        "++=25 agrees +-=25 contradicts -+=0 contradicts --=50 agrees ");
  CHECK(bars.guide == 25);
  CHECK(tests::figures_of(signs, tests::toy_results()).empty());
}
