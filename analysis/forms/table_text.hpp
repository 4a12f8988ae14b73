#pragma once

#include <string>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// Aligned columns; a text that repeats the row above in the first column is
// left blank.
std::string to_text(const Table& table);
std::string to_csv(const Table& table);  // RFC 4180, a header line, \n
// For programs: columns; rows, each as long; notes; coverage (null where it is
// not counted) and that of each row. Every digit, an interval is {estimate,
// low, high}, NaN is null.
std::string to_json(const Table& table);

}  // namespace coxswain::analysis
