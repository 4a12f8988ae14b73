#include "analysis/forms/figure_kinds.hpp"

#include "analysis/forms/gnuplot_text.hpp"

namespace coxswain::analysis {

std::string axis_label(const Axis& axis) {
  return quoted_for_script(
      axis.unit.empty() ? axis.label : axis.label + " (" + axis.unit + ")");
}

}  // namespace coxswain::analysis
