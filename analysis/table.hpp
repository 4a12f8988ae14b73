#pragma once

#include <string>
#include <variant>
#include <vector>

namespace coxswain::analysis {

struct TableColumn {
  std::string name;
  int decimals = 3;  // of numbers in the text form; CSV has all digits
};

// Empty text for "does not apply".
using TableCell = std::variant<std::string, double, std::int64_t>;

// A table of a report: one meaning, several outputs.
struct Table {
  std::string name;   // of its file, without an extension
  std::string title;  // one line for people
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableCell>> rows;
  std::vector<std::string> notes;  // below the table
};

std::string to_text(const Table& table);  // aligned columns
std::string to_csv(const Table& table);   // RFC 4180, a header line, \n

}  // namespace coxswain::analysis
