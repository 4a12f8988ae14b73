#pragma once

#include <string_view>

#include "analysis/forms/figure.hpp"
#include "analysis/forms/inline_svg.hpp"

namespace coxswain::analysis {

// What a pointer over a coloured place of gnuplot's drawing of a heat map
// shows: row, column and number. None has titles unless every place of the
// drawing lies where its row and column say and has the colour of its number.
PointTitles heat_titles(const Figure& figure, const HeatMap& map,
                        std::string_view svg);

}  // namespace coxswain::analysis
