#pragma once

#include <string>

#include "analysis/forms/figure.hpp"

namespace coxswain::analysis {

// What each kind of content gives to its figure's two files. Both parts of a
// kind stand in one unit: the script counts on the data's columns.

// What a kind of content adds to its figure's script.
struct Drawing {
  double width = 0, height = 0;  // cm, with titles and legend
  std::string settings;          // lines of gnuplot
  std::string plot;              // the plot command; `data` names the data file
};

constexpr double kColumn = 8.5;      // cm: one column of a paper of two
constexpr double kPage = 17.8;       // cm: both columns
constexpr double kLegendLine = 0.4;  // cm: height of a line of the legend

std::string data_of(const Curves& curves);
Drawing drawing_of(const Curves& curves, const Figure& figure);
std::string data_of(const Bars& bars);
Drawing drawing_of(const Bars& bars, const Figure& figure);
std::string data_of(const HeatMap& map);
Drawing drawing_of(const HeatMap& map, const Figure& figure);

bool has_data(const Curves& curves);
bool has_data(const Bars& bars);
bool has_data(const HeatMap& map);

// "layer (unit)", quoted.
std::string axis_label(const Axis& axis);

}  // namespace coxswain::analysis
