#include "analysis/forms/cell_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace coxswain::analysis {
namespace {

constexpr int kMostDecimals = 6;
constexpr double kLeastWidth = 1e-5;  // of which six decimals have two digits

// The larger distance of a finite limit from the estimate; 0 without one, and
// where it is too small to be printed.
double half_width(const Interval& interval) {
  double half = 0;
  for (const double limit : {interval.low, interval.high}) {
    const double distance = std::abs(limit - interval.estimate);
    if (std::isfinite(distance)) half = std::max(half, distance);
  }
  return half < kLeastWidth ? 0 : half;
}

}  // namespace

std::string decimal_text(double value, const TableColumn& column) {
  const double least = std::pow(10.0, -column.decimals);
  if (column.kind == NumberKind::probability && value < least) {
    return fmt::format("<{:.{}f}", least, column.decimals);
  }
  std::string text = fmt::format("{:.{}f}", value, column.decimals);
  // What is rounded to nothing has no sign.
  if (text.starts_with('-') &&
      text.find_first_of("123456789in") == std::string::npos) {
    text.erase(0, 1);
  }
  return text;
}

std::string decimal_text(double value, int decimals) {
  return decimal_text(value, TableColumn{"", decimals});
}

TableColumn digits_of(const Interval& interval, const TableColumn& column) {
  const double half = half_width(interval);
  // A column without decimals has counts.
  if (half == 0 || column.decimals == 0 || column.fixed) return column;
  TableColumn out = column;
  // 0.23 has its first digit at 10^-1: two decimals.
  out.decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(half))),
                            0, kMostDecimals);
  return out;
}

bool has_limits(const Interval& interval) {
  return !std::isnan(interval.estimate) &&
         (std::isinf(interval.low) || std::isinf(interval.high) ||
          half_width(interval) > 0);
}

std::string interval_text(const Interval& interval,
                          const std::function<std::string(double)>& spell) {
  if (!has_limits(interval)) return spell(interval.estimate);
  return fmt::format("{} [{}, {}]", spell(interval.estimate),
                     spell(interval.low), spell(interval.high));
}

Interval limits_of(const RatioSet& set) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  using Shape = RatioSet::Shape;
  const bool low = set.shape == Shape::interval || set.shape == Shape::from ||
                   set.shape == Shape::outside;
  const bool high = set.shape == Shape::interval || set.shape == Shape::up_to ||
                    set.shape == Shape::outside;
  return {set.estimate, low ? set.low : kNaN, high ? set.high : kNaN};
}

std::string ratio_text(const RatioSet& set,
                       const std::function<std::string(double)>& spell,
                       const RatioWords& words) {
  const std::string at_least = words.at_least, at_most = words.at_most;
  const std::string estimate = spell(set.estimate);
  switch (set.shape) {
    case RatioSet::Shape::none:
      return estimate;
    case RatioSet::Shape::interval:
      return interval_text(limits_of(set), spell);
    case RatioSet::Shape::from:
      return fmt::format("{} ({}{})", estimate, at_least, spell(set.low));
    case RatioSet::Shape::up_to:
      return fmt::format("{} ({}{})", estimate, at_most, spell(set.high));
    case RatioSet::Shape::outside:
      return fmt::format("{} ({}{} or {}{})", estimate, at_most, spell(set.low),
                         at_least, spell(set.high));
    case RatioSet::Shape::all:
      return estimate + " (any)";
  }
  return estimate;
}

std::string shape_name(RatioSet::Shape shape) {
  switch (shape) {
    case RatioSet::Shape::none:
      return "";
    case RatioSet::Shape::interval:
      return "interval";
    case RatioSet::Shape::from:
      return "from";
    case RatioSet::Shape::up_to:
      return "up to";
    case RatioSet::Shape::outside:
      return "outside";
    case RatioSet::Shape::all:
      return "all";
  }
  return "";
}

}  // namespace coxswain::analysis
