#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coxswain::analysis {

// What an SVG shows, fit to stand in a page.
struct InlineSvg {
  double width = 0, height = 0;  // of its own coordinates
  std::string content;           // inside <svg>
};

// What may stand in a page of an SVG that gnuplot wrote, names of strangers in
// it: elements and attributes that draw are kept, each by its name; titles,
// descriptions and attributes that are not known are left out. Ids, and what
// points at them, begin with `prefix`. Nothing for a text that is no
// well-formed SVG or holds what acts, embeds or fetches: scripts, on...=, any
// element that is not known, links to anywhere but its own ids.
std::optional<InlineSvg> inline_svg(std::string_view svg,
                                    std::string_view prefix);

}  // namespace coxswain::analysis
