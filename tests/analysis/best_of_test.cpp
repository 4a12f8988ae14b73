#include "analysis/measures/best_of.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/cluster_design.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;
using tests::around;

namespace {

// Of "kind" at two layers, the second with the larger slope.
storage::Results at_two_layers() {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = around(1)});
  add_variant(results, {.layer = 5, .slopes = around(2)});
  return results;
}

}  // namespace

TEST_CASE("the largest of several slopes has limits for all of them at once",
          "[analysis][best_of]") {
  const storage::Results results = at_two_layers();
  const ReportSource source = report_source(results);
  const MainPlace place = main_places(source).at(0);
  REQUIRE(place.chosen == Chosen::largest);
  const Interval own = place.original->content_slope;
  const Interval all = slope_at_once(place);
  CHECK(all.estimate == own.estimate);
  // Eight clusters: t(7) at 0.9875 and at 0.975, from tables.
  CHECK((all.high - all.low) / (own.high - own.low) ==
        Approx(2.8412 / 2.3646).epsilon(1e-4));
  CHECK((all.high + all.low) / 2 == Approx(own.estimate));
  CHECK(at_once_words(place) == "[1.89, 2.11] for all 2 layers at once");
}

TEST_CASE("a layer that was named before there were data needs no others",
          "[analysis][best_of]") {
  const storage::Results results = at_two_layers();
  ReportChoices choices;
  choices.layers.values = {5};
  const ReportSource named = report_source(results, choices);
  CHECK(std::isnan(slope_at_once(main_places(named).at(0)).low));
  CHECK(at_once_words(main_places(named).at(0)).empty());
  choices.layers.afterwards = true;
  const ReportSource picked = report_source(results, choices);
  CHECK(at_once_words(main_places(picked).at(0)) ==
        "[1.89, 2.11] for all 2 layers at once");
}

TEST_CASE("a slope without limits gets none", "[analysis][best_of]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.layer = 3, .slopes = {1, 1}});
  add_variant(results, {.layer = 5, .slopes = {2, 2}});
  const ReportSource source = report_source(results);
  CHECK(main_places(source).at(0).candidates == 2);
  CHECK(at_once_words(main_places(source).at(0)).empty());
}
