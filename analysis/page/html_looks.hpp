#pragma once

#include <string>

namespace coxswain::analysis {

// What every page has, the same bytes whatever it shows.

// Light and dark, on a phone, on a screen and on paper.
std::string page_style();

// Makes headers of tables sort their rows. A page says all it has without it.
std::string page_script();

// Content-Security-Policy: the style, that script and no other, nothing else.
std::string page_policy();

}  // namespace coxswain::analysis
