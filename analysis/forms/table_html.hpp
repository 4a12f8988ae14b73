#pragma once

#include <string>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// Rows of a table that a page shows.
constexpr std::size_t kMostHtmlRows = 400;

// What a title says before its first colon ("Steerability"), and the rest
// ("Slope of ..."); a title without a colon is both.
struct SplitTitle {
  std::string head, rest;
};
SplitTitle split_title(const std::string& title);

// A table as a section of a page, numbers as in the text form. Cells have the
// values to sort by in data-v; it can be read without sorting. `whole`, of two
// or three words, is what has all digits and all rows: "steerability.csv".
std::string to_html(const Table& table, const std::string& whole);

}  // namespace coxswain::analysis
