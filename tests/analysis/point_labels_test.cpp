#include "analysis/forms/point_labels.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace coxswain::analysis;

namespace {

// Points of one series, with a line that spans 0 to 1 in both directions.
Curves of(const std::vector<FigurePoint>& points) {
  Curves curves;
  curves.series = {
      {"line", Mark::guide, {{0, {0, NAN, NAN}}, {1, {1, NAN, NAN}}}},
      {"points", Mark::points, points}};
  return curves;
}

}  // namespace

TEST_CASE("a label stands to the right of its point, where there is room",
          "[analysis][point_labels]") {
  const auto labels = point_labels(of({{0.2, {0.5, NAN, NAN}, "layer 3"},
                                       {0.99, {0.2, NAN, NAN}, "layer 5"},
                                       {0.5, {0.9, NAN, NAN}, ""}}));
  REQUIRE(labels.size() == 2);
  CHECK(labels[0].text == "layer 3");
  CHECK(labels[0].x == 0.2);
  CHECK(labels[0].y == 0.5);
  CHECK_FALSE(labels[0].to_the_left);
  CHECK(labels[1].to_the_left);
  CHECK(labels[1].lines == 0);
}

TEST_CASE("no label lies over another", "[analysis][point_labels]") {
  const auto labels = point_labels(of({{0.2, {0.50, NAN, NAN}, "layer 3"},
                                       {0.21, {0.51, NAN, NAN}, "layer 5"},
                                       {0.22, {0.52, NAN, NAN}, "layer 7"}}));
  REQUIRE(labels.size() == 3);
  CHECK(std::set<int>{labels[0].lines, labels[1].lines, labels[2].lines} ==
        std::set<int>{0, 1, 2});
}

TEST_CASE("where labels have no room there are none",
          "[analysis][point_labels]") {
  const FigurePoint point{0.2, {0.5, NAN, NAN}, "layer 3"};
  CHECK(point_labels(of(std::vector<FigurePoint>(5, point))).size() == 5);
  CHECK(point_labels(of(std::vector<FigurePoint>(6, point))).empty());
  CHECK(point_labels(of({{0.1, {0.5, NAN, NAN}, ""}})).empty());
}
