#pragma once

#include <span>
#include <string>

namespace coxswain::analysis {

// A colour of the page, as "#rrggbb": by day, by night.
struct PageColour {
  const char* name;  // of its CSS variable, without the two hyphens
  const char* light;
  const char* dark;
};

// Okabe and Ito's accents among greys.
std::span<const PageColour> palette();

// Letters on a ground, by the names of their colours: each such pair that the
// style has. They differ by 4.5 to 1 at least (WCAG 2.2, level AA), which a
// test computes.
struct LettersOn {
  const char* letters;
  const char* ground;
};
std::span<const LettersOn> letters_on_grounds();

// The variables of a style sheet: light, and dark where a reader prefers it.
std::string palette_style();

}  // namespace coxswain::analysis
