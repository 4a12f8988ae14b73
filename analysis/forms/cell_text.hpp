#pragma once

#include <functional>
#include <string>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// What the forms of a table that people read have in common.

// A number with its column's decimals: "0.412", "-0.5"; a probability that
// would look like 0 as "<0.001".
std::string decimal_text(double value, const TableColumn& column);

// Whether there is more to say than the estimate.
bool has_limits(const Interval& interval);

// "0.41 [0.31, 0.51]", its numbers spelled by `spell`; the estimate alone where
// there are no limits, or where it is no number.
std::string interval_text(const Interval& interval,
                          const std::function<std::string(double)>& spell);

}  // namespace coxswain::analysis
