#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// "A" for "(A)", whatever spaces stand around it; empty if the answer is not a
// capital letter in parentheses.
std::string letter_of(const std::string& answer);

// A question and its options, each taken for itself.
struct QuestionParts {
  std::string stem;  // the question without the options' words
  std::map<char, std::string> options;  // words by letter
};
// Options are lines that begin with a letter in parentheses; empty where there
// are fewer than two, or two of one letter.
QuestionParts parts_of(const std::string& question);

// Where an option stands in its question, in bytes.
struct OptionLine {
  std::size_t begin = 0;   // of its line
  std::size_t letter = 0;  // of "(A)"
  std::size_t end = 0;     // behind the last of its words
};
// The lines that begin with a letter in parentheses, first to last.
std::vector<OptionLine> option_lines(const std::string& question);

// The pair with its two options exchanged: the same words under the other
// letter, so that a preference for a letter speaks once for and once against
// the behaviour. An option is what follows its line's "(A)" or "(B)", to the
// next option, an empty line or the question's end; all else stays as it is.
// Throws JobError if the answers are not (A) and (B), or the question does not
// have one line of each, in this order, and no third.
storage::ContrastPair with_options_exchanged(const storage::ContrastPair& pair);

}  // namespace coxswain::jobs
