#include "storage/texts/table_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::storage {
namespace {

constexpr std::size_t kMostColumns = 4096;
constexpr std::string_view kDelimiters = ",\t;";

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

char delimiter_of(std::string_view header) {
  std::map<char, std::size_t> times;
  bool quoted = false, begun = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '\n' && begun) break;
    begun = begun || (c != ' ' && c != '\r' && c != '\n');
    if (!quoted) ++times[c];
  }
  // Where two are as often there: names have commas in them, but no tabs.
  char best = ',';
  for (const char c : kDelimiters) {
    if (times[c] > times[best] ||
        (c == '\t' && times[c] > 0 && times[c] == times[best])) {
      best = c;
    }
  }
  return best;
}

std::string delimiter_name(char delimiter) {
  if (delimiter == '\t') return "tabs";
  return delimiter == ';' ? "semicolons" : "commas";
}

TableEntries::TableEntries(TextFile& file)
    : file_(file), delimiter_(delimiter_of(file.head())) {
  if (!next_row(columns_)) return;
  header_where_ = fmt::format("{}:{}", file_.path(), row_line_);
  std::set<std::string> seen;
  for (std::string& column : columns_) {
    column = trimmed(column);
    if (!column.empty() && !seen.insert(column).second) {
      fail(in_quotes(column, 40) + ", the name of two columns",
           "each name once", "rename one of them");
    }
  }
}

std::optional<JsonEntry> TableEntries::next() {
  std::vector<std::string> cells;
  if (!next_row(cells)) return std::nullopt;
  if (cells.size() != columns_.size()) {
    fail(fmt::format("{} cell{}", cells.size(), cells.size() == 1 ? "" : "s"),
         fmt::format("{}, as the header has", columns_.size()),
         cells.size() < columns_.size()
             ? "is the file cut?"
             : "put cells that have " + delimiter_name(delimiter_) +
                   " in them in quotation marks");
  }
  nlohmann::json entry = nlohmann::json::object();
  const std::string where = fmt::format("{}:{}", file_.path(), row_line_);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    require_utf8(cells[i], where);
    if (!columns_[i].empty()) entry[columns_[i]] = std::move(cells[i]);
  }
  return JsonEntry{std::move(entry), row_line_ - 1, where};
}

bool TableEntries::next_row(std::vector<std::string>& cells) {
  for (int c = file_.get(); c >= 0; c = file_.get()) {
    row_line_ = file_.line();
    row_bytes_ = 0;
    cells.clear();
    const bool quoted = c == '"';
    do {
      if (!cells.empty()) c = file_.get();
      if (cells.size() == kMostColumns) {
        fail(fmt::format("more than {} cells", kMostColumns),
             "a row of a table", "is a quotation mark missing?");
      }
      c = read_cell(c, cells.emplace_back());
    } while (c == delimiter_);
    const bool blank =
        cells.size() == 1 && !quoted && trimmed(cells[0]).empty();
    if (!blank) return true;
  }
  cells.clear();
  return false;
}

// Reads the cell that begins with `c`; returns what ends it: a delimiter, a
// line's end, or -1 at the end of the file.
int TableEntries::read_cell(int c, std::string& cell) {
  if (c == '"') return read_quoted(cell);
  for (; c >= 0 && c != '\n' && c != delimiter_; c = file_.get()) {
    add(cell, c);
  }
  if (c != delimiter_ && cell.ends_with('\r')) cell.pop_back();
  return c;
}

int TableEntries::read_quoted(std::string& cell) {
  const std::int64_t line = file_.line();
  int c = 0;
  while (true) {
    c = file_.get();
    if (c < 0) {
      fail(
          fmt::format("a quotation mark in line {} that is never closed", line),
          "another one behind the cell", "close it, or is the file cut?");
    }
    if (c == '"') {
      c = file_.get();
      if (c != '"') break;
    }
    add(cell, c);
  }
  if (c == '\r') c = file_.get();
  if (c >= 0 && c != '\n' && c != delimiter_) {
    fail(fmt::format("more behind the quotation mark that closes {}",
                     in_quotes(cell, 40)),
         "the cell's end there", "write a quotation mark inside a cell twice");
  }
  return c;
}

void TableEntries::add(std::string& cell, int c) {
  if (++row_bytes_ > kLongestText) {
    fail("a row of more than 64 MiB", "one text a cell",
         "is a quotation mark missing?");
  }
  cell += static_cast<char>(c);
}

void TableEntries::fail(const std::string& found, const std::string& expected,
                        const std::string& remedy) const {
  throw StorageError({fmt::format("{}:{}", file_.path(), row_line_), "", found,
                      expected, remedy});
}

}  // namespace coxswain::storage
