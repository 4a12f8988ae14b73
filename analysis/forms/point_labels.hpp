#pragma once

#include <string>
#include <vector>

#include "analysis/forms/figure.hpp"

namespace coxswain::analysis {

// A label beside a point: to its right or to its left, and so many lines above
// it.
struct PointLabel {
  double x = 0, y = 0;  // the point's
  std::string text;
  bool to_the_left = false;
  int lines = 0;
};

// Labels of the points of curves that are drawn, none over another. Empty where
// there are none, or too many to stand beside their points: these have their
// labels in the figure's data.
std::vector<PointLabel> point_labels(const Curves& curves);

}  // namespace coxswain::analysis
