#include "runner/report/draw_figures.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using namespace coxswain::runner;

namespace {

namespace fs = std::filesystem;

std::string hostile(const std::string& folder) {
  return "'; system('>" + folder + "/a') `>" + folder +
         "/b` @x %s <i>&{/*2 y}_2^3 \\n\\";
}

// Every kind of figure, all its text the same.
std::vector<Figure> figures_of(const std::string& text) {
  Curves curves;
  curves.step = 1;
  curves.series = {{text, Mark::band, {{1, {0, -1, 1}, text}}},
                   {text, Mark::line, {{1, {1, 0.5, 1.5}, text}}},
                   {text, Mark::points, {{1, {2, NAN, NAN}, text}}}};
  Bars bars;
  bars.kinds = {text};
  bars.groups = {{text, {{text, 2.5, 0, {2, 1, 3}}}}};
  bars.beside_name = text;
  HeatMap map;
  map.rows = map.columns = {text};
  map.cells = {{0, 0, 1}, {0, 0, NAN}};
  map.value = {text, text};
  std::vector<Figure> figures(3);
  figures[0].content = curves;
  figures[1].content = bars;
  figures[2].content = map;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    figures[i].name = "f" + std::to_string(i);
    figures[i].title = text;
    figures[i].x = figures[i].y = {text, text};
    figures[i].notes = {text};
  }
  return figures;
}

// What an SVG shows, as text.
std::string unescaped(std::string svg) {
  for (const auto& [spelled, meant] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}) {
    const std::string word = spelled;
    for (std::size_t at = svg.find(word); at != std::string::npos;
         at = svg.find(word, at + 1)) {
      svg.replace(at, word.size(), meant);
    }
  }
  return svg;
}

}  // namespace

TEST_CASE("figures are drawn, whatever their names hold, and nothing is run",
          "[runner][draw_figures]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("report");
  const std::string name = hostile(scratch.path());
  const Drawn drawn = draw_figures(figures_of(name), folder);
  CHECK(drawn.failures == std::vector<std::string>{});
  CHECK_FALSE(fs::exists(scratch.file("a")));
  CHECK_FALSE(fs::exists(scratch.file("b")));
  if (!drawn.gnuplot_is_there) {
    WARN("there is no gnuplot here");
    return;
  }
  CHECK(drawn.figures == std::vector<std::string>{"f0", "f1", "f2"});
  // What is long loses its middle: its beginning and end are there.
  for (const std::string& figure : drawn.figures) {
    const std::string svg = tests::read_file(folder + "/" + figure + ".svg");
    CHECK_THAT(svg, !Catch::Contains("<i>"));
    CHECK_THAT(unescaped(svg), Catch::Contains("’; system(’>") &&
                                   Catch::Contains("_2^3 \\n\\"));
    CHECK_THAT(tests::read_file(folder + "/" + figure + ".pdf"),
               Catch::StartsWith("%PDF-"));
  }
  CHECK(std::distance(fs::directory_iterator(folder), {}) == 6);
}

TEST_CASE("what is rounded to nothing is drawn without a sign",
          "[runner][draw_figures]") {
  const tests::Scratch scratch;
  auto figures = figures_of("name");
  auto& map = std::get<HeatMap>(figures[2].content);
  map.cells = {{0, 0, -0.001}};
  map.rows.emplace_back("other");
  map.cells.push_back({1, 0, -2});
  std::get<Bars>(figures[1].content).groups[0].bars = {{"a", -0.001, 0},
                                                       {"b", -2, 0}};
  const Drawn drawn = draw_figures(figures, scratch.file("report"));
  if (!drawn.gnuplot_is_there) return;
  for (const char* name : {"f1", "f2"}) {
    const std::string svg =
        tests::read_file(scratch.file("report/" + std::string(name) + ".svg"));
    CHECK_THAT(svg, Catch::Contains("0.00</text>") &&
                        Catch::Contains("-2.00</text>") &&
                        !Catch::Contains("-0.00"));
  }
}

TEST_CASE("drawings have a ground of their own", "[runner][draw_figures]") {
  const tests::Scratch scratch;
  const Drawn drawn = draw_figures(figures_of("name"), scratch.file("report"));
  for (const std::string& figure : drawn.figures) {
    CHECK_THAT(tests::read_file(scratch.file("report/" + figure + ".svg")),
               Catch::Contains("fill=\"#ffffff\"/>"));
  }
  CHECK(drawn.figures.size() == (drawn.gnuplot_is_there ? 3 : 0));
}

TEST_CASE("the same figures are the same bytes", "[runner][draw_figures]") {
  const tests::Scratch scratch;
  const auto figures = figures_of("name");
  const Drawn drawn = draw_figures(figures, scratch.file("once"));
  CHECK(draw_figures(figures, scratch.file("again")).figures == drawn.figures);
  for (const std::string& figure : drawn.figures) {
    const std::string pdf =
        tests::read_file(scratch.file("once/" + figure + ".pdf"));
    if (pdf.find("/CreationDate") != std::string::npos) {
      CHECK_THAT(pdf, Catch::Contains("/CreationDate (D:19700101000000"));
    }
    for (const char* ending : {".svg", ".pdf"}) {
      CHECK(tests::read_file(scratch.file("once/" + figure + ending)) ==
            tests::read_file(scratch.file("again/" + figure + ending)));
    }
  }
}
