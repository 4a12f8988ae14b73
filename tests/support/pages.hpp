#pragma once

#include <string>
#include <vector>

namespace coxswain::tests {

// Pages of the source tree, for tests that hold them against the program.

// "storage/README.md" as text.
std::string page(const std::string& path);

// What stands between backticks, in order.
std::vector<std::string> code_words(const std::string& text);

// The rows of all tables below a heading ("## JSON"), up to the next one of its
// rank; of the whole page without a heading. Cells are trimmed. Heads are rows,
// too, the lines below them are not.
std::vector<std::vector<std::string>> table_rows(
    const std::string& page, const std::string& heading = "");

}  // namespace coxswain::tests
