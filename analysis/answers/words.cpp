#include "analysis/answers/words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/forms/cell_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr int kDecimals = 2;  // of a number without limits

// How the numbers beside an error of that size are spelled.
auto speller(const Interval& interval) {
  const TableColumn column = digits_of(interval, {"", kDecimals});
  return [column](double value) {
    return std::isnan(value) ? "no number" : decimal_text(value, column);
  };
}

}  // namespace

std::string number_words(double value) {
  return speller({0, -value, value})(value);
}

std::string interval_words(const Interval& interval) {
  return interval_text(interval, speller(interval));
}

std::string limit_words(const Interval& interval) {
  const auto spell = speller(interval);
  return fmt::format("[{}, {}]", spell(interval.low), spell(interval.high));
}

std::string ratio_words(const RatioSet& set) {
  return ratio_text(set, speller(limits_of(set)), {"at least ", "at most "});
}

std::string p_words(double p) {
  const TableColumn column{"", 3, NumberKind::probability};
  return "p " + decimal_text(p, column);
}

}  // namespace coxswain::analysis
