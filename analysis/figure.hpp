#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analysis/statistics.hpp"
#include "analysis/table.hpp"

namespace coxswain::analysis {

// Figures as plain data, and as text for gnuplot. Nothing is drawn here: the
// script makes NAME.svg and NAME.pdf from NAME.dat in the folder it is run in.

// doublings: twice as much is always as far away; of a horizontal axis of
// curves, and numbers above 0.
enum class Spacing { even, doublings };

struct Axis {
  std::string label;
  std::string unit = "";           // empty: a number without one
  std::vector<double> marks = {};  // empty: gnuplot chooses
  Spacing spacing = Spacing::even;
};

struct FigurePoint {
  double x = 0;
  Interval y;              // without an interval: low and high NaN
  std::string label = "";  // beside the point, where there are few
};

// How a series is drawn. band: a grey box from low to high at each x. guide: a
// thin line, to compare with.
enum class Mark { line, points, band, guide };

struct Series {
  std::string name;  // in the legend
  Mark mark = Mark::line;
  std::vector<FigurePoint> points;
};

struct Curves {
  std::vector<Series> series;
  // Between neighbouring x, where they are steps: bands are as wide, and what
  // lies at one x is spread so that intervals don't cover each other.
  double step = 0;
};

struct Bar {
  std::string label;
  double value = 0;
  std::size_t kind = 0;  // its colour: index in Bars::kinds
};

// Horizontal bars in groups, the first one on top.
struct Bars {
  struct Group {
    std::string name;
    std::vector<Bar> bars;
  };
  std::vector<std::string> kinds;
  std::vector<Group> groups;
  int decimals = 2;                  // of the numbers beside bars
  std::optional<double> guide = {};  // a line to compare with
  std::string guide_name = "";
};

// Colours from blue (negative) over white (0) to orange. A place that no cell
// names is blank: there is no such thing. One whose value is NaN is grey: it
// was not computed.
struct HeatMap {
  struct Cell {
    std::size_t row = 0, column = 0;
    double value = 0;
  };
  std::vector<std::string> rows, columns;
  std::vector<Cell> cells;
  Axis value;  // what the colours mean
};

struct Figure {
  std::string name;   // of its files, without an extension
  std::string title;  // short, above the figure
  Axis x, y;
  std::variant<Curves, Bars, HeatMap> content;
  std::vector<std::string> notes = {};  // for its caption
  Coverage cells = {};  // behind its numbers; none planned: not counted
};

// Whether it has any number to show.
bool has_data(const Figure& figure);

// NAME.dat: blocks of tab-separated columns, a comment line over each, two
// empty lines between, one between points that no line joins; every digit; NaN
// for what was not computed.
std::string to_data(const Figure& figure);

// NAME.gp. What one may want to change stands at its beginning. Whatever names
// hold, it runs no command.
std::string to_script(const Figure& figure);

}  // namespace coxswain::analysis
