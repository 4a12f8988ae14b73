#include "analysis/page/figure_values.hpp"

#include <catch2/catch.hpp>

#include "analysis/forms/table_text.hpp"

using namespace coxswain::analysis;

TEST_CASE("points of curves are rows, with their intervals",
          "[analysis][figure_values]") {
  Figure figure;
  figure.name = "f";
  figure.x = {"layer"};
  figure.y = {"slope"};
  figure.content = Curves{
      {{"a", Mark::line, {{3, {0.5, 0.25, 0.75}}, {5, {1, 0, 2}, "K"}}}}};
  CHECK(to_csv(values_of(figure)) ==
        "series,layer,slope,slope low,slope high\n"
        "a,3,0.5,0.25,0.75\n"
        "\"a, K\",5,1,0,2\n");
  CHECK(values_of(figure).name == "values-f");
}

TEST_CASE("bars and coloured places are rows", "[analysis][figure_values]") {
  Figure figure;
  figure.x = {"share"};
  figure.content = Bars{{"own", "zero"}, {{"g", {{"++", 0.5, 1}}}}};
  CHECK(to_csv(values_of(figure)) == "group,bar,kind,share\ng,++,zero,0.5\n");
  figure.x = {"layer"};
  figure.content = HeatMap{{"r"}, {"3", "5"}, {{0, 1, -2}}, {"slope"}};
  CHECK(to_csv(values_of(figure)) == "row,layer,slope\nr,5,-2\n");
}
