#pragma once

#include <string>

namespace coxswain::analysis {

// What every page has, the same bytes whatever it shows.

// Light and dark, on a phone, on a screen and on paper.
std::string page_style();

// Headers of tables sort their rows, rows and figures are filtered, columns
// that name rows stay in sight, numbers show all their digits under a pointer.
// A page says all it has without it.
std::string page_script();

// Content-Security-Policy: the style, that script and no other, nothing else.
std::string page_policy();

}  // namespace coxswain::analysis
