#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/statistics/ratio_set.hpp"
#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// Numbers and lists as sentences have them; digits by the size of the error.

// Two significant digits: "0.44", "12", "0.0031".
std::string number_words(double value);
// "1.06 [0.81, 1.31]".
std::string interval_words(const Interval& interval);
// "[-0.20, 0.51]".
std::string limit_words(const Interval& interval);
// "0.81 [0.70, 0.93]", "0.81 (at least 0.40)".
std::string ratio_words(const RatioSet& set);
// "p 0.012", "p <0.001".
std::string p_words(double p);

}  // namespace coxswain::analysis
