#include "analysis/forms/figure.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "analysis/forms/figure_files.hpp"

using namespace coxswain::analysis;

namespace {

const std::string kHostile = "'; system('touch x') \"`touch y`\" \\\n!touch z";

Figure curves() {
  Figure figure;
  figure.name = "a_figure";
  figure.title = "kind";
  figure.x = {"layer", "", {3, 5}};
  figure.y = {"slope", "logits"};
  Curves content;
  content.step = 2;
  content.series = {
      {"noise", Mark::band, {{3, {0, -0.5, 0.5}}, {5, {NAN, NAN, NAN}}}},
      {"original", Mark::line, {{3, {1, 0.5, 1.5}, "a"}, {5, {NAN, NAN, NAN}}}},
      {"other",
       Mark::points,
       {{3, {0.1, NAN, NAN}, "b"}, {5, {0.2, NAN, NAN}}}},
      {"y = x", Mark::guide, {{3, {3, 3, 3}}, {5, {5, 5, 5}}}}};
  figure.content = content;
  figure.notes = {"What it shows."};
  return figure;
}

Figure bars() {
  Figure figure;
  figure.name = "bars";
  figure.x = {"activation"};
  Bars content;
  content.kinds = {"own", "unused", "shared"};
  content.groups = {{"zero", {{"7", 2.5, 2}}}, {"kind", {{"8", 1, 0}}}};
  figure.content = content;
  return figure;
}

Figure heat_map() {
  Figure figure;
  figure.name = "map";
  figure.x = {"layer"};
  HeatMap content;
  content.rows = {"original", "random"};
  content.columns = {"3", "5"};
  content.cells = {{0, 0, -2}, {0, 1, NAN}, {1, 1, 0.5}};
  content.value = {"slope", "logits"};
  figure.content = content;
  return figure;
}

// What is neither a comment nor in quotes.
std::string commands_of(const std::string& script) {
  std::istringstream lines(script);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    bool quoted = false;
    for (const char c : line) {
      if (c == '#' && !quoted) break;
      if (c == '\'') quoted = !quoted;
      if (!quoted) out += c;
    }
    out += '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("data of curves is a block a series, NaN where nothing was computed",
          "[analysis][figure]") {
  CHECK(to_data(curves()) ==
        "# a_figure: kind\n# What it shows.\n"
        "# noise\n# x\ty\tlow\thigh\tlabel\n"
        "3\t0\t-0.5\t0.5\t\"\"\n5\tNaN\tNaN\tNaN\t\"\"\n\n\n"
        "# original\n# x\ty\tlow\thigh\tlabel\n"
        "3\t1\t0.5\t1.5\t\"a\"\n5\tNaN\tNaN\tNaN\t\"\"\n\n\n"
        "# other\n# x\ty\tlow\thigh\tlabel\n3\t0.1\tNaN\tNaN\t\"b\"\n\n"
        "5\t0.2\tNaN\tNaN\t\"\"\n\n\n"
        "# y = x\n# x\ty\tlow\thigh\tlabel\n"
        "3\t3\t3\t3\t\"\"\n5\t5\t5\t5\t\"\"\n");
}

TEST_CASE("a script draws each series as it is meant, with units and marks",
          "[analysis][figure]") {
  const std::string script = to_script(curves());
  for (const char* line :
       {"data = 'a_figure.dat'", "set title 'kind'", "set xlabel 'layer'.room",
        "set ylabel 'slope (logits)'", "set xtics (3, 5)",
        "set xrange [1.5:6.5]", "set output 'a_figure.svg'",
        "set output 'a_figure.pdf'",
        "index 0 using 1:2:($1-1):($1+1):3:4 with boxxyerror",
        "index 1 using ($1-0.15):2:3:4 with yerrorlines lt 1",
        // At 5 there is no other point.
        "index 2 using ($1 == 5 ? $1 : $1+0.15):2 with linespoints lt 2",
        "index 3 using 1:2 with lines",
        "set label 'a' at first 3, first 1 left offset 0.7,0"}) {
    CHECK_THAT(script, Catch::Contains(line));
  }
}

TEST_CASE("bands of doublings are boxes of one width on their axis",
          "[analysis][figure]") {
  Figure figure;
  figure.name = "a";
  figure.x.spacing = Spacing::doublings;
  figure.content = Curves{{{"noise", Mark::band, {{2, {0, -1, 1}, ""}}},
                           {"line", Mark::line, {{2, {1, NAN, NAN}, ""}}}}};
  CHECK_THAT(to_script(figure),
             Catch::Contains("1:2:($1/1.12):($1*1.12):3:4 with boxxyerror"));
}

TEST_CASE("a lone point stands on its tick, whatever the spacing",
          "[analysis][figure]") {
  Figure figure = curves();
  auto& content = std::get<Curves>(figure.content);
  for (Series& series : content.series) series.points.resize(1);
  content.step = 0;
  CHECK_THAT(to_script(figure), Catch::Contains("set xrange [2:4]\n"));
  figure.x.spacing = Spacing::doublings;
  CHECK_THAT(to_script(figure), Catch::Contains("set xrange [2.4:3.75]\n"));
  // Of several gnuplot chooses.
  figure = curves();
  std::get<Curves>(figure.content).step = 0;
  CHECK_THAT(to_script(figure), !Catch::Contains("xrange"));
}

TEST_CASE("grey is noise and nothing else", "[analysis][figure]") {
  Figure figure = curves();
  std::istringstream lines(to_script(figure));
  int grey = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("grey = ")) continue;
    grey += line.find("rgb grey") != std::string::npos ? 1 : 0;
    CHECK_THAT(line, !Catch::Contains("#808080"));
  }
  CHECK(grey == 1);  // the band
  auto& series = std::get<Curves>(figure.content).series;
  series[0].mark = Mark::counts;
  CHECK_THAT(to_script(figure), !Catch::Contains("rgb grey") &&
                                    Catch::Contains("noborder lc rgb faint"));
  CHECK_THAT(to_script(heat_map()), !Catch::Contains("rgb grey"));
}

TEST_CASE("pale lines end where the next one begins", "[analysis][figure]") {
  Figure figure = curves();
  auto& content = std::get<Curves>(figure.content);
  content.series = {
      {"items",
       Mark::faint,
       {{3, {1, NAN, NAN}}, {5, {2, NAN, NAN}}, {3, {4, NAN, NAN}}}}};
  CHECK_THAT(to_data(figure),
             Catch::Contains("3\t1\tNaN\tNaN\t\"\"\n5\t2\tNaN\tNaN\t\"\"\n\n"
                             "3\t4\tNaN"));
  CHECK_THAT(to_script(figure),
             Catch::Contains("index 0 using 1:2 with lines lc rgb faint"));
  CHECK_FALSE(has_data(figure));  // only a spread
}

TEST_CASE("many points have no labels", "[analysis][figure]") {
  Figure figure = curves();
  auto& series = std::get<Curves>(figure.content).series[1];
  series.points.resize(12, series.points[0]);
  CHECK_THAT(to_script(figure), !Catch::Contains("set label"));
}

TEST_CASE("bars have a block for each colour that is used",
          "[analysis][figure]") {
  CHECK(to_data(bars()) ==
        "# bars: \n# own\n# y\tvalue\tlabel\tgroup\n3.5\t1\t\"8\"\t\"kind\"\n"
        "\n\n# shared\n# y\tvalue\tlabel\tgroup\n1\t2.5\t\"7\"\t\"zero\"\n");
  const std::string script = to_script(bars());
  for (const char* line :
       {"set ytics ('7' 1, '8' 3.5)", "set label 'zero' at graph 0.01, first 0",
        "set label 'kind' at graph 0.01, first 2.5", "set yrange [4.5:-1]",
        "index 0 using (0):1", "lt 2 title 'own'", "lt 4 title 'shared'"}) {
    CHECK_THAT(script, Catch::Contains(line));
  }
}

TEST_CASE("numbers of bars below zero stand beside zero",
          "[analysis][figure]") {
  Figure figure = bars();
  std::get<Bars>(figure.content).groups[0].bars[0].value = -2;
  CHECK_THAT(to_script(figure), Catch::Contains("set xrange [-2.09:1.6]") &&
                                    Catch::Contains("using ($2 < 0 ? 0 : $2)"));
}

TEST_CASE("bars are compared with what stands beside them",
          "[analysis][figure]") {
  Figure figure = bars();
  auto& content = std::get<Bars>(figure.content);
  content.beside_name = "chance";
  CHECK_THAT(to_script(figure), !Catch::Contains("chance"));
  CHECK_THAT(to_data(figure), Catch::Contains("1\t2.5\t\"7\"\t\"zero\"\n"));
  content.groups[0].bars[0].beside = {1.5, 0.5, 5};
  CHECK_THAT(to_script(figure),
             Catch::Contains("data using 5:1:6:7 with xerrorbars") &&
                 Catch::Contains("title 'chance'") &&
                 // As long as the longest of all, and a fifth.
                 Catch::Contains("set xrange [0:6]"));
  CHECK_THAT(
      to_data(figure),
      Catch::Contains("\tgroup\tbeside\tlow\thigh\tend\n") &&
          Catch::Contains("1\t2.5\t\"7\"\t\"zero\"\t1.5\t0.5\t5\t5\n") &&
          Catch::Contains("3.5\t1\t\"8\"\t\"kind\"\tNaN\tNaN\tNaN\t1\n"));
}

TEST_CASE("a heat map tells what is missing from what there isn't",
          "[analysis][figure]") {
  CHECK(to_data(heat_map()) ==
        "# map: \n# computed\n# column\trow\tvalue\tcolumn name\trow name\n"
        "0\t0\t-2\t\"3\"\t\"original\"\n1\t1\t0.5\t\"5\"\t\"random\"\n\n\n"
        "# not computed\n# column\trow\tvalue\tcolumn name\trow name\n"
        "1\t0\tNaN\t\"5\"\t\"original\"\n");
  const std::string script = to_script(heat_map());
  CHECK_THAT(script,
             Catch::Contains("title 'not computed'") &&
                 Catch::Contains("limit = 2\n") &&
                 Catch::Contains("sprintf('%.2f', value)") &&
                 Catch::Contains("(spelled($3))") &&
                 Catch::Contains("set ytics ('original' 0, 'random' 1)"));
}

TEST_CASE("of many columns some are named, and none has numbers",
          "[analysis][figure]") {
  Figure figure = heat_map();
  auto& map = std::get<HeatMap>(figure.content);
  map.columns.resize(31, "x");
  const std::string script = to_script(figure);
  CHECK_THAT(script, Catch::Contains("set xtics ('3' 0, 'x' 3, 'x' 6"));
  CHECK_THAT(script, !Catch::Contains("with labels"));
}

TEST_CASE("a figure without a number has no data", "[analysis][figure]") {
  CHECK_FALSE(has_data(Figure{}));
  Figure figure = curves();
  CHECK(has_data(figure));
  auto& series = std::get<Curves>(figure.content).series;
  series.erase(series.begin() + 1, series.begin() + 3);
  CHECK_FALSE(has_data(figure));  // a band and a guide alone
  figure = heat_map();
  CHECK(has_data(figure));
  for (auto& cell : std::get<HeatMap>(figure.content).cells) cell.value = NAN;
  CHECK_FALSE(has_data(figure));
  figure = bars();
  CHECK(has_data(figure));
  for (auto& group : std::get<Bars>(figure.content).groups) group.bars.clear();
  CHECK_FALSE(has_data(figure));
}

TEST_CASE("names of strangers stay within quotes and lines",
          "[analysis][figure]") {
  Figure curve = curves(), bar = bars(), map = heat_map();
  for (Figure* figure : {&curve, &bar, &map}) {
    figure->title = figure->x.label = kHostile;
    figure->notes = {kHostile};
  }
  auto& series = std::get<Curves>(curve.content).series[1];
  series.name = series.points[0].label = kHostile;
  auto& content = std::get<Bars>(bar.content);
  content.kinds[0] = content.groups[0].name = kHostile;
  content.groups[0].bars[0].label = kHostile;
  std::get<HeatMap>(map.content).rows[0] = kHostile;
  std::get<HeatMap>(map.content).columns[0] = kHostile;
  for (const Figure* figure : {&curve, &bar, &map}) {
    const std::string script = to_script(*figure);
    CHECK_THAT(script, Catch::Contains("'’; system(’touch x’)"));
    for (const char* word : {"system", "touch", "`", "!"}) {
      CHECK_THAT(commands_of(script), !Catch::Contains(word));
    }
    // Lines of data are comments, empty, or begin with a number.
    std::istringstream data(to_data(*figure));
    for (std::string line; std::getline(data, line);) {
      INFO(line);
      CHECK(line.find_first_of("#0123456789") ==
            (line.empty() ? std::string::npos : 0));
    }
  }
}
