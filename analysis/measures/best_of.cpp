#include "analysis/measures/best_of.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/forms/cell_text.hpp"
#include "analysis/statistics/simultaneous_band.hpp"

namespace coxswain::analysis {
namespace {

constexpr int kDecimals = 3;  // where limits are too narrow for their own

}  // namespace

Interval slope_at_once(const MainPlace& place) {
  const Steerability& one = *place.original;
  const Interval& slope = one.content_slope;
  if (!is_selected(place.chosen) || place.candidates < 2 ||
      !std::isfinite(slope.low) || !std::isfinite(slope.high) ||
      !(one.df > 0)) {
    return {slope.estimate, std::nan(""), std::nan("")};
  }
  return simultaneous_band(slope, one.df, place.candidates);
}

std::string at_once_words(const MainPlace& place) {
  const Interval slope = slope_at_once(place);
  if (std::isnan(slope.low)) return "";
  const TableColumn column = digits_of(slope, {"", kDecimals});
  return fmt::format("[{}, {}] for all {} layers at once",
                     decimal_text(slope.low, column),
                     decimal_text(slope.high, column), place.candidates);
}

}  // namespace coxswain::analysis
