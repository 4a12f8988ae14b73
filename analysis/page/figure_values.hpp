#pragma once

#include "analysis/forms/figure.hpp"
#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// Numbers of a figure that a page shows beside it; NAME.dat has all.
constexpr std::size_t kMostValues = 200;

// What a figure draws, as a table, for those who cannot see it and those who
// want the number: a row a point, bar or coloured place.
Table values_of(const Figure& figure);

}  // namespace coxswain::analysis
