#include "analysis/page/palette.hpp"

#include <fmt/format.h>

namespace coxswain::analysis {
namespace {

constexpr PageColour kColours[] = {
    {"paper", "#ffffff", "#15171a"}, {"ink", "#1b1c1e", "#e4e4e1"},
    {"quiet", "#5d6166", "#a2a7ad"}, {"rule", "#1b1c1e", "#aeb2b7"},
    {"hair", "#dcdee1", "#34383d"},  {"accent", "#0069a6", "#56b4e9"},
    {"mark", "#a84400", "#e69f00"},  {"good", "#00664b", "#2fc79b"},
    {"shade", "#f4f5f6", "#1f2226"}};

constexpr LettersOn kLetters[] = {{"ink", "paper"},    {"quiet", "paper"},
                                  {"accent", "paper"}, {"mark", "paper"},
                                  {"good", "paper"},   {"ink", "shade"},
                                  {"quiet", "shade"},  {"accent", "shade"},
                                  {"mark", "shade"},   {"good", "shade"}};

std::string variables(const char* PageColour::*colour) {
  std::string out;
  for (const PageColour& one : kColours) {
    out += fmt::format(" --{}: {};", one.name, one.*colour);
  }
  return out;
}

}  // namespace

std::span<const PageColour> palette() { return kColours; }

std::span<const LettersOn> letters_on_grounds() { return kLetters; }

std::string palette_style() {
  return fmt::format(
      ":root {{ color-scheme: light dark;{} }}\n"
      "@media screen and (prefers-color-scheme: dark) {{ :root {{{} }} }}\n",
      variables(&PageColour::light), variables(&PageColour::dark));
}

}  // namespace coxswain::analysis
