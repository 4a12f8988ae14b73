#pragma once

#include <string>

#include "analysis/forms/figure.hpp"

namespace coxswain::analysis {

// A figure as two files for gnuplot: NAME.gp makes NAME.svg and NAME.pdf from
// NAME.dat in the folder that it is run in.

// Whether a figure has any number to show.
bool has_data(const Figure& figure);

// NAME.dat: blocks of tab-separated columns, a comment line over each, two
// empty lines between, one between points that no line joins; every digit; NaN
// for what was not computed.
std::string to_data(const Figure& figure);

// NAME.gp. What one may want to change stands at its beginning. Whatever names
// hold, it runs no command.
std::string to_script(const Figure& figure);

}  // namespace coxswain::analysis
