#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/report.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// Of kind's vector at layer 5: ++, +-, and twice --.
storage::Results toy_signs() {
  storage::Results results = tests::toy_results();
  for (const auto& [positive, negative, projection] :
       {std::tuple{2.0, 1.0, 0.5},
        {2.0, 1.0, -0.5},
        {1.0, 2.0, -0.5},
        {0.0, 2.0, -0.5}}) {
    results.code_differences.push_back(
        {0, 1, 0, 0, 0, positive, negative, projection, projection, 0});
  }
  return results;
}

}  // namespace

TEST_CASE("signs are shares of the features", "[analysis][signs]") {
  const auto figures = tests::figures_of(signs, toy_signs());
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
  // Of chance nothing is known, and nothing is drawn.
  for (const Bar& bar : bars.groups[0].bars) {
    CHECK(std::isnan(bar.beside.estimate));
  }
  CHECK_THAT(figures[0].notes.back(),
             Catch::Contains("Nothing is known of what labels"));
  CHECK(tests::figures_of(signs, tests::toy_results()).empty());
}

TEST_CASE("beside signs stands what exchanged labels give",
          "[analysis][signs]") {
  storage::Results results = toy_signs();
  tests::add_sign_null(
      results, 1, 0,
      {{0, 0, 10, 0, 0}, {1, 2, 4, 2, 1}, {10, 0, 0, 0, 0}, {0, 0, 0, 9, 1}});
  const auto figures = tests::figures_of(signs, results);
  const auto& bars = std::get<Bars>(figures.at(0).content).groups.at(0).bars;
  const auto shown = [&](std::size_t bar) {
    const Interval& beside = bars.at(bar).beside;
    return std::vector<double>{beside.low, beside.estimate, beside.high};
  };
  CHECK(shown(0) == std::vector<double>{50, 50, 50});
  CHECK(shown(1) == std::vector<double>{0, 50, 100});
  CHECK(shown(2) == std::vector<double>{0, 0, 0});
  CHECK(shown(3) == std::vector<double>{75, 75, 100});
  CHECK_THAT(figures[0].notes.back(), Catch::Contains("Beside each bar"));
}
