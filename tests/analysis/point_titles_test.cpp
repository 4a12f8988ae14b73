#include "analysis/page/point_titles.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::analysis;

namespace {

// A band, and a series of three points of which one was not computed.
Figure drawn() {
  Figure figure;
  figure.x = {"layer"};
  figure.y = {"slope"};
  figure.content = Curves{
      {{"noise", Mark::band, {{3, {0, -1, 1}}}},
       {"of <it>",
        Mark::line,
        {{3, {0.5, 0.25, 0.75}}, {5, {NAN, NAN, NAN}}, {7, {2, NAN, NAN}}}}}};
  return figure;
}

std::string use(double height) {
  return "<use href='#dot' transform='translate(9.00," +
         std::to_string(height) + ") scale(3.15)'/>";
}

// 100 pixels a unit, upwards; the legend's point last.
std::string svg(double first, double second) {
  return "<svg viewBox=\"0 0 9 9\"><g id=\"gnuplot_plot_1\"><path "
         "d='M0,0'/></g>"
         "<g id=\"gnuplot_plot_2\">" +
         use(first) + use(second) + use(500) + "</g></svg>";
}

}  // namespace

TEST_CASE("points have their numbers under a pointer",
          "[analysis][point_titles]") {
  const Figure figure = drawn();
  const std::string drawing = svg(250, 100);
  const PointTitles titles = point_titles(figure, drawing);
  CHECK(titles == PointTitles{{},
                              {"of <it>, layer 3: 0.50 [0.25, 0.75]",
                               "of <it>, layer 7: 2.000"}});
  const auto inlined = inline_svg(drawing, "f-", titles);
  REQUIRE(inlined);
  CHECK_THAT(inlined->content,
             Catch::Contains("<title>of &lt;it&gt;, layer 3: 0.50 [0.25, "
                             "0.75]</title></use>") &&
                 !Catch::Contains("<it>"));
  // The legend's point has none.
  CHECK_THAT(inlined->content, Catch::EndsWith("scale(3.15)\"/></g>"));
}

TEST_CASE("a drawing of other numbers has none", "[analysis][point_titles]") {
  Figure figure = drawn();
  auto& points = std::get<Curves>(figure.content).series[1].points;
  points[1].y = {1, NAN, NAN};
  const auto three = [](double second) {
    return "<svg viewBox=\"0 0 9 9\"><g id=\"gnuplot_plot_1\"></g>"
           "<g id=\"gnuplot_plot_2\">" +
           use(250) + use(second) + use(100) + "</g></svg>";
  };
  CHECK_FALSE(point_titles(figure, three(200)).empty());
  // Two pixels off the scale of the others.
  CHECK(point_titles(figure, three(202)).empty());
  // Another number of points, and of plots.
  points.push_back({9, {3, NAN, NAN}});
  points.push_back({11, {4, NAN, NAN}});
  CHECK(point_titles(figure, svg(250, 100)).empty());
  CHECK(point_titles(drawn(), "<svg viewBox=\"0 0 9 9\"></svg>").empty());
  CHECK(point_titles(drawn(), "").empty());
  figure.content = Bars{};
  CHECK(point_titles(figure, svg(250, 100)).empty());
}
