#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/forms/xml_scanner.hpp"

namespace coxswain::analysis {

// What an SVG shows, fit to stand in a page.
struct InlineSvg {
  double width = 0, height = 0;  // of its own coordinates
  std::string content;           // inside <svg>
};

// What a pointer shows over points and boxes of a drawing: plot by plot in the
// order of gnuplot's script, one after the other. Plots and points beyond have
// nothing.
using PointTitles = std::vector<std::vector<std::string>>;

// Whether a tag begins what one entry of gnuplot's plot command drew.
bool is_plot(const XmlTag& tag);

// What may stand in a page of an SVG that gnuplot wrote, names of strangers in
// it: elements and attributes that draw are kept, each by its name; titles,
// descriptions and attributes that are not known are left out. Ids, and what
// points at them, begin with `prefix`. Nothing for a text that is no
// well-formed SVG or holds what acts, embeds or fetches: scripts, on...=, any
// element that is not known, links to anywhere but its own ids. `titles` are
// text, whatever they hold.
std::optional<InlineSvg> inline_svg(std::string_view svg,
                                    std::string_view prefix,
                                    const PointTitles& titles = {});

}  // namespace coxswain::analysis
