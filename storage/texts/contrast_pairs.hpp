#pragma once

#include <string>
#include <vector>

namespace coxswain::storage {

// One line of a behaviour's data: a question and its two answers, as they
// stand in the file (answers with their leading space).
struct ContrastPair {
  int line = 0;  // 0-based line of the file
  std::string question;
  std::string matching;  // the answer that matches the behaviour
  std::string other;
};

// Reads JSON lines with the keys question, answer_matching_behavior and
// answer_not_matching_behavior (Anthropic's evals). Blank lines are passed
// over. Throws StorageError with file and line (1-based, as editors count).
std::vector<ContrastPair> read_contrast_pairs(const std::string& path);

}  // namespace coxswain::storage
