#pragma once

#include <string>

#include "analysis/measures/main_places.hpp"

namespace coxswain::analysis {

// What has to be said beside the slope of a layer that was taken from several
// because of what it is: the largest of many is large by chance, too.

// The content slope with limits that hold for all candidates at once
// (Bonferroni: t at 1 - 0.025 / n in the place of t at 0.975). Without limits
// where it has none, or where the layer was not picked by its numbers.
Interval slope_at_once(const MainPlace& place);

// "[1.89, 2.11] for all 2 layers at once"; empty without such limits.
std::string at_once_words(const MainPlace& place);

}  // namespace coxswain::analysis
