#include "analysis/page/palette.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <string>

using namespace coxswain::analysis;

namespace {

// WCAG 2.2, relative luminance of "#rrggbb".
double luminance(const std::string& colour) {
  REQUIRE(colour.size() == 7);
  const auto channel = [&](std::size_t at) {
    const double c =
        static_cast<double>(std::stoi(colour.substr(at, 2), nullptr, 16)) / 255;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(const std::string& a, const std::string& b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

const PageColour& named(const std::string& name) {
  const auto at = std::ranges::find_if(
      palette(), [&](const PageColour& one) { return one.name == name; });
  REQUIRE(at != palette().end());
  return *at;
}

}  // namespace

TEST_CASE("contrast is computed as WCAG has it", "[analysis][palette]") {
  CHECK(contrast("#000000", "#ffffff") == Approx(21));
  // The grey that is known to just pass on white, and its neighbour.
  CHECK(contrast("#767676", "#ffffff") == Approx(4.54).margin(0.005));
  CHECK(contrast("#777777", "#ffffff") == Approx(4.48).margin(0.005));
}

TEST_CASE("letters can be read by day and by night", "[analysis][palette]") {
  CHECK(letters_on_grounds().size() >= 10);
  for (const LettersOn& pair : letters_on_grounds()) {
    INFO(pair.letters << " on " << pair.ground);
    const PageColour &letters = named(pair.letters),
                     &ground = named(pair.ground);
    CHECK(contrast(letters.light, ground.light) >= 4.5);
    CHECK(contrast(letters.dark, ground.dark) >= 4.5);
  }
}

TEST_CASE("the style has both", "[analysis][palette]") {
  const std::string style = palette_style();
  CHECK_THAT(style, Catch::Contains("--paper: #ffffff;") &&
                        Catch::Contains("--paper: #15171a;") &&
                        Catch::Contains("prefers-color-scheme: dark"));
}
