#pragma once

#include <functional>
#include <string>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// What the forms of a table that people read have in common.

// A number with its column's decimals: "0.412", "-0.5"; never "-0.0"; a
// probability that would look like 0 as "<0.001".
std::string decimal_text(double value, const TableColumn& column);
// The same of a number that stands in no column.
std::string decimal_text(double value, int decimals);

// The column with as many decimals as its error deserves: two significant
// digits of the larger half-width, six decimals at most. The column as it is
// where its decimals are fixed, there is no finite limit, too little width for
// six decimals, or no decimals at all: then it has counts.
TableColumn digits_of(const Interval& interval, const TableColumn& column);

// Whether there is more to say than the estimate: limits, at least one of them
// not so near that six decimals have no two digits of the distance (what adds
// nothing differs from 0 by rounding alone).
bool has_limits(const Interval& interval);

// "0.41 [0.31, 0.51]", its numbers spelled by `spell`; the estimate alone where
// there are no limits, or where it is no number.
std::string interval_text(const Interval& interval,
                          const std::function<std::string(double)>& spell);

// A set of ratios as an interval, with limits of those that it has.
Interval limits_of(const RatioSet& set);

// How a form spells what is no interval of a set of ratios.
struct RatioWords {
  const char* at_least = ">= ";
  const char* at_most = "<= ";
};

// "0.81 [0.70, 0.93]", "0.81 (>= 0.40)", "1.20 (<= -0.20 or >= 1.30)",
// "0.81 (any)", "0.81" for a number that has no set.
std::string ratio_text(const RatioSet& set,
                       const std::function<std::string(double)>& spell,
                       const RatioWords& words = {});

// "interval", "from", "up to", "outside", "all"; empty for none.
std::string shape_name(RatioSet::Shape shape);

}  // namespace coxswain::analysis
