#pragma once

#include <string>
#include <vector>

namespace coxswain::storage {

// One line of a behaviour's data: a question and its two answers, as they
// stand in the file (answers with their leading space).
struct ContrastPair {
  int line = 0;  // of the file, or the place in its array, from 0
  std::string question;
  std::string matching;  // the answer that matches the behaviour
  std::string other;
  std::string group{};  // what the line has under the key that groups lines
};

// Reads objects with the keys question, answer_matching_behavior and
// answer_not_matching_behavior (Anthropic's evals): JSON lines, of which blank
// ones are passed over, or one array, whatever the file is called. Throws
// StorageError with file, line (1-based, as editors count) and key, also for
// tables and for what is no text (see text_file.hpp). With a `group` key every
// line has it, a text that is not empty or a number, which is taken as JSON
// writes it: 7 and "7" are one.
std::vector<ContrastPair> read_contrast_pairs(const std::string& path,
                                              const std::string& group = "");

}  // namespace coxswain::storage
