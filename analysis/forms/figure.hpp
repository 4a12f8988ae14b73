#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "analysis/forms/report_place.hpp"
#include "analysis/forms/table.hpp"
#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// Figures as plain data. Nothing is drawn here: figure_files.hpp has their text
// for gnuplot.

// doublings: twice as much is always as far away; of a horizontal axis of
// curves, and numbers above 0.
enum class Spacing { even, doublings };

// What stands along one side of a figure, or beside the colours of a heat map.
struct Axis {
  std::string label;
  std::string unit = "";           // empty: a number without one
  std::vector<double> marks = {};  // empty: gnuplot chooses
  Spacing spacing = Spacing::even;
};

// One place of a curve, in the units of the figure's axes.
struct FigurePoint {
  double x = 0;
  Interval y;              // without an interval: low and high NaN
  std::string label = "";  // beside the point, where there are few
};

// How a series is drawn. band: a box from low to high at each x, grey, which is
// the colour of noise alone. counts: such boxes that say how often something
// is. guide: a thin line, to compare with. faint: pale lines behind all others,
// a new one wherever x does not rise.
enum class Mark { line, points, band, counts, guide, faint };

// Points that are drawn alike and have one line in the legend.
struct Series {
  std::string name;  // in the legend
  Mark mark = Mark::line;
  std::vector<FigurePoint> points;
};

// Series over one pair of axes; later ones are drawn over earlier ones.
struct Curves {
  std::vector<Series> series;
  // Between neighbouring x, where they are steps: bands are as wide, and what
  // lies at one x is spread so that intervals don't cover each other.
  double step = 0;
};

// One bar from 0 to its value.
struct Bar {
  std::string label;
  double value = 0;
  std::size_t kind = 0;  // its colour: index in Bars::kinds
  // A point with its interval, to compare the bar with; NaN: none.
  Interval beside{std::numeric_limits<double>::quiet_NaN(),
                  std::numeric_limits<double>::quiet_NaN(),
                  std::numeric_limits<double>::quiet_NaN()};
};

// Horizontal bars in groups, the first one on top.
struct Bars {
  // Bars under one name, with a gap to the next group.
  struct Group {
    std::string name;
    std::vector<Bar> bars;
  };
  std::vector<std::string> kinds;
  std::vector<Group> groups;
  int decimals = 2;              // of the numbers beside bars
  std::string beside_name = "";  // of the points beside bars, in the legend
};

// Colours from blue (negative) over white (0) to orange. A place that no cell
// names is blank: there is no such thing. One whose value is NaN has a cross:
// it was not computed.
struct HeatMap {
  // One coloured place: indices into `rows` and `columns`.
  struct Cell {
    std::size_t row = 0, column = 0;
    double value = 0;
  };
  std::vector<std::string> rows, columns;
  std::vector<Cell> cells;
  Axis value;  // what the colours mean
};

// A figure of a report: one meaning, whatever draws it. It owns all it shows.
struct Figure {
  std::string name;   // of its files, without an extension
  std::string title;  // short, above the figure
  Axis x, y;
  std::variant<Curves, Bars, HeatMap> content;
  std::vector<std::string> notes = {};  // for its caption
  Coverage cells = {};     // behind its numbers; none planned: not counted
  ReportPlace place = {};  // of its kind
};

}  // namespace coxswain::analysis
