#pragma once

#include <string>
#include <string_view>

#include "analysis/forms/figure.hpp"
#include "analysis/forms/inline_svg.hpp"

namespace coxswain::analysis {

// What a pointer over a point of gnuplot's drawing of some curves shows: its
// series, its place and its interval. Series are told by their order, and none
// has titles unless every point of the drawing lies where its number says, on
// one straight scale, to a pixel: so a title never shows another point's
// number. Of heat maps see heat_titles.hpp; bars have their numbers beside
// them.
PointTitles point_titles(const Figure& figure, std::string_view svg);

}  // namespace coxswain::analysis
