#pragma once

#include <string>
#include <vector>

#include "analysis/forms/table.hpp"

namespace coxswain::analysis {

// What tables for papers have in common.

// A cell in LaTeX, numbers in math as in the text form; "--" for what does not
// apply.
std::string latex_cell(const TableCell& cell, const TableColumn& column);

// The same in two parts: an estimate, and its limits ("[$0.31$, $0.51$]");
// whatever has none has no second part.
struct LatexParts {
  std::string estimate, limits;
};
LatexParts latex_parts(const TableCell& cell, const TableColumn& column);

// Lines of LaTeX above each other in the place of one, aligned 'l' or 'r'; `at`
// is the line that stands beside other cells: 't' the first, 'b' the last.
std::string latex_stack(const std::vector<std::string>& lines, char alignment,
                        char at);

// Whether the cells of a column are of words, which stand to the left.
bool is_words(const Table& table, std::size_t column);

// Whether a table's first column names groups of rows, so that it can stand
// above them: text that some row repeats.
bool has_groups(const Table& table);

// What a caption says: the title, at most two lines of it.
std::string latex_caption(const Table& table, const std::string& more = "");

// The notes of a table, in small letters below it; empty for none.
std::string latex_notes(const Table& table);

}  // namespace coxswain::analysis
