#include "analysis/page/heat_titles.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

using namespace coxswain::analysis;

namespace {

HeatMap map() {
  HeatMap map;
  map.rows = {"original", "<random>"};
  map.columns = {"3", "5"};
  map.cells = {{0, 0, 2}, {0, 1, NAN}, {1, 0, -1}, {1, 1, 0.001}};
  return map;
}

std::string box(const std::string& colour, int left, int top) {
  const auto at = [](int x, int y) {
    return std::to_string(x) + "," + std::to_string(y) + " ";
  };
  return "<polygon fill = 'rgb(" + colour + ")' points = '" +
         at(left, top + 20) + at(left + 10, top + 20) + at(left + 10, top) +
         at(left, top) + "'/>";
}

std::string drawing(const std::string& boxes) {
  return "<svg viewBox=\"0 0 99 99\"><g id=\"gnuplot_plot_1\">" + boxes +
         "</g><g id=\"gnuplot_plot_2\">" + box("1, 2, 3", 0, 0) + "</g></svg>";
}

// Half of blue, and white but for a little.
const std::string kBoxes = box("213, 94, 0", 40, 30) +
                           box("128, 185, 217", 40, 50) +
                           box("255, 255, 255", 50, 50);

PointTitles titles_of(const std::string& boxes) {
  Figure figure;
  figure.x = {"layer"};
  return heat_titles(figure, map(), drawing(boxes));
}

}  // namespace

TEST_CASE("places of a heat map have their numbers under a pointer",
          "[analysis][heat_titles]") {
  const PointTitles titles = titles_of(kBoxes);
  CHECK(titles ==
        PointTitles{{"original, layer 3: 2.000", "<random>, layer 3: -1.000",
                     "<random>, layer 5: 0.001"}});
  const auto inlined = inline_svg(drawing(kBoxes), "f-", titles);
  REQUIRE(inlined);
  CHECK_THAT(inlined->content,
             Catch::Contains("<title>&lt;random&gt;, layer 3: -1.000</title>"
                             "</polygon>"));
}

TEST_CASE("a heat map that was drawn of other numbers has no titles",
          "[analysis][heat_titles]") {
  REQUIRE_FALSE(titles_of(kBoxes).empty());
  // Another number of places, another colour, another row, another column.
  CHECK(titles_of(box("213, 94, 0", 40, 30)).empty());
  CHECK(titles_of(box("213, 94, 0", 40, 30) + box("255, 255, 255", 40, 50) +
                  box("128, 185, 217", 50, 50))
            .empty());
  CHECK(titles_of(box("213, 94, 0", 40, 30) + box("128, 185, 217", 40, 50) +
                  box("255, 255, 255", 50, 70))
            .empty());
  CHECK(titles_of(box("213, 94, 0", 40, 30) + box("128, 185, 217", 47, 50) +
                  box("255, 255, 255", 50, 50))
            .empty());
  CHECK(titles_of("").empty());
  CHECK(titles_of("<polygon fill='red' points='1,2'/>").empty());
}
