#pragma once

#include <string>
#include <vector>

#include "analysis/forms/figure.hpp"

namespace coxswain::runner {

// What gnuplot made of the figures of a report.
struct Drawn {
  bool gnuplot_is_there = true;
  std::vector<std::string> figures;   // names of those drawn
  std::vector<std::string> failures;  // a line each, with gnuplot's own words
};

// Runs gnuplot on each figure's script and puts NAME.svg and NAME.pdf into
// `folder`, each as a whole. gnuplot sees a folder of its own and no settings
// of its user. The same figures give the same bytes with the same gnuplot and
// fonts. Throws StorageError.
Drawn draw_figures(const std::vector<analysis::Figure>& figures,
                   const std::string& folder);

}  // namespace coxswain::runner
