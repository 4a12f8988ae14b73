#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/forms/table.hpp"

namespace coxswain::runner {

// What `coxswain report` prints unless told otherwise.
struct TerminalPage {
  std::string run;   // as it was typed
  std::string note;  // on cells that are missing; may be empty
  std::vector<analysis::Answer> answers;
  analysis::Table table;  // the main one; without rows it is not there
};

// Answers and table in at most `lines` lines of at most `width` bytes, where
// words allow. The table loses columns from the right and says which; before
// that takes the second number of a row, behaviour and layer stand above their
// rows. What answers are too long for ends with "..."; the last line says what
// shows the rest. `width` is at least 40, `lines` too.
std::string terminal_page(const TerminalPage& page, std::size_t width,
                          std::size_t lines);

// Every answer whole, below its question.
std::string whole_answers(const std::vector<analysis::Answer>& answers,
                          std::size_t width);

}  // namespace coxswain::runner
