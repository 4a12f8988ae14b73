#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/texts/json_entries.hpp"
#include "storage/texts/text_file.hpp"

namespace coxswain::storage {

// What stands between the cells of a table whose first line is `header`: a
// comma, a tab or a semicolon, whichever is there most often.
char delimiter_of(std::string_view header);
std::string delimiter_name(char delimiter);  // "commas"

// The rows of a table (CSV, TSV) as objects of texts, one in memory at a time.
// The first row has the columns' names. A cell in quotation marks may hold
// delimiters and line ends, and quotation marks that are written twice; lines
// end with LF or CRLF; blank ones are passed over. Cells stay as they are,
// spaces too. Throws StorageError with file, line and what to do.
class TableEntries {
 public:
  // Reads the header; a file without any row has no columns.
  explicit TableEntries(TextFile& file);

  char delimiter() const { return delimiter_; }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::string& header_where() const { return header_where_; }

  // The next row; its number is its first line, from 0. nullopt behind the
  // last one.
  std::optional<JsonEntry> next();

 private:
  bool next_row(std::vector<std::string>& cells);
  int read_cell(int c, std::string& cell);
  int read_quoted(std::string& cell);
  void add(std::string& cell, int c);
  [[noreturn]] void fail(const std::string& found, const std::string& expected,
                         const std::string& remedy) const;

  TextFile& file_;
  char delimiter_;
  std::int64_t row_line_ = 0;  // where the row began, from 1
  std::size_t row_bytes_ = 0;
  std::vector<std::string> columns_;
  std::string header_where_;
};

}  // namespace coxswain::storage
