#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/forms/report_place.hpp"
#include "analysis/statistics/ratio_set.hpp"
#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {

// How people see a number: a probability that would look like 0 as "<0.001".
enum class NumberKind : std::uint8_t { plain, probability };

// The head of one column, and how its numbers are written for people.
struct TableColumn {
  std::string name;
  int decimals = 3;  // of numbers in the text form; CSV has all digits
  NumberKind kind = NumberKind::plain;
  // As many decimals in every row, however wide its limits are.
  bool fixed = false;
};

// Empty text or NaN for "does not apply"; the cells of a column are of one
// kind. An interval is one column for people and three (name, name low, name
// high) in CSV; without limits it is its estimate. A set of ratios is printed
// as the interval, ray, rays or line that it is, and has a fourth column in CSV
// (name set). Numbers with limits are printed with two significant digits of
// their half-width.
using TableCell =
    std::variant<std::string, double, std::int64_t, Interval, RatioSet>;

// A count; a negative one means that it was not computed.
TableCell count_cell(std::int64_t n);

// How many of the cells that a number is made of were computed.
struct Coverage {
  std::int64_t done = 0, planned = 0;
  Coverage& operator+=(const Coverage& other) {
    done += other.done;
    planned += other.planned;
    return *this;
  }
};

// Features of an SAE that a cell names, in the order in which it names them.
struct NamedFeatures {
  std::size_t row = 0, column = 0;
  std::int32_t sae = 0;  // row of tables/saes
  std::vector<std::int32_t> features;
};

// A table of a report: one meaning, several outputs.
struct Table {
  std::string name;   // of its file, without an extension
  std::string title;  // one line for people
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableCell>> rows;
  std::vector<std::string> notes;  // below the table
  std::vector<Coverage> coverage =
      {};               // of each row's numbers; empty: not counted
  Coverage cells = {};  // of all rows, where missing cells have no row
  // What each row's numbers were made of, rows of tables/variants; empty: not
  // told.
  std::vector<std::vector<std::int32_t>> made_of = {};
  // Of cells that name some.
  std::vector<NamedFeatures> features = {};
  ReportPlace place = {};
};

// The first `most` rows of a table, with a note that says how many there are;
// the whole table if there are no more.
Table shortened(const Table& table, std::size_t most);

// The cells behind the whole table: planned is 0 where they are not counted.
Coverage cells_of(const Table& table);

}  // namespace coxswain::analysis
