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

// What a row of a page's table is beside its numbers.
struct HtmlRow {
  std::string id = "";      // what links go to; empty: none goes there
  std::string facets = "";  // "b0 l15": what the page's filters go by
  // What its cells lead to, an id a column; empty: nothing.
  std::vector<std::string> links = {};
  // What its cells open to, HTML a column; empty: nothing.
  std::vector<std::string> opened = {};
};

// How a table stands in a page.
struct HtmlLooks {
  // What has all digits and all rows, in two or three words: "letters.csv".
  std::string whole;
  std::string look_for = "";       // a sentence above the table
  std::vector<HtmlRow> rows = {};  // of the first rows; the others are bare
  std::string heading = "h3";
};

// A table as a section of a page, numbers as in the text form, columns in
// reading_order(). Cells have the values to sort by in data-v; it can be read
// without sorting. Columns that name rows are headers of them.
std::string to_html(const Table& table, const HtmlLooks& looks);

}  // namespace coxswain::analysis
