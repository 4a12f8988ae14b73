#include "analysis/forms/cell_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace coxswain::analysis {

std::string decimal_text(double value, const TableColumn& column) {
  const double least = std::pow(10.0, -column.decimals);
  if (column.kind == NumberKind::probability && value < least) {
    return fmt::format("<{:.{}f}", least, column.decimals);
  }
  return fmt::format("{:.{}f}", value, column.decimals);
}

bool has_limits(const Interval& interval) {
  return !std::isnan(interval.estimate) &&
         !(std::isnan(interval.low) && std::isnan(interval.high));
}

std::string interval_text(const Interval& interval,
                          const std::function<std::string(double)>& spell) {
  if (!has_limits(interval)) return spell(interval.estimate);
  return fmt::format("{} [{}, {}]", spell(interval.estimate),
                     spell(interval.low), spell(interval.high));
}

}  // namespace coxswain::analysis
