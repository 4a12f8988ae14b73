#include "jobs/steering/option_pairs.hpp"

#include <algorithm>
#include <utility>

#include "jobs/steering/copies.hpp"
#include "jobs/steering/option_order.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

// The question with two of its options, the first one in the text first.
std::string with_two(const std::string& question,
                     const std::vector<OptionLine>& options, std::size_t i,
                     std::size_t j) {
  const auto line = [&](std::size_t of, const char* letter) {
    const OptionLine& option = options[of];
    return question.substr(option.begin, option.letter - option.begin) +
           letter +
           question.substr(option.letter + 3, option.end - option.letter - 3);
  };
  return question.substr(0, options.front().begin) + line(i, "(A)") + "\n" +
         line(j, "(B)") + question.substr(options.back().end);
}

// The answer with another letter.
std::string lettered(std::string answer, const char* letter) {
  return answer.replace(answer.find('('), 3, letter);
}

// A letter twice, or one that is left out, is a line of something else.
void require_in_order(const std::string& question,
                      const std::vector<OptionLine>& options) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string letter = question.substr(options[i].letter, 3);
    const std::string expected{'(', static_cast<char>('A' + i), ')'};
    if (letter == expected) continue;
    throw JobError({"", "options", letter, expected,
                    "letter the options (A), (B), (C) ... in order, each "
                    "once"});
  }
}

}  // namespace

std::vector<storage::ContrastPair> option_pairs(
    const storage::ContrastPair& pair) {
  const std::string letter = letter_of(pair.matching);
  const std::vector<OptionLine> options = option_lines(pair.question);
  const auto is_matching = [&](const OptionLine& option) {
    return pair.question.substr(option.letter, 3) == "(" + letter + ")";
  };
  if (options.size() < 2 || std::ranges::count_if(options, is_matching) != 1) {
    throw JobError({"", "answers",
                    storage::in_quotes(pair.matching, 60) + " of " +
                        std::to_string(options.size()) +
                        " lines that begin with an option",
                    "a letter in parentheses that one of them has",
                    "write each option on a line that begins with (A), (B) "
                    "..."});
  }
  require_in_order(pair.question, options);
  const auto matching = static_cast<std::size_t>(
      std::ranges::find_if(options, is_matching) - options.begin());
  std::vector<storage::ContrastPair> pairs;
  for (std::size_t other = 0; other < options.size(); ++other) {
    if (other == matching) continue;
    storage::ContrastPair one = pair;
    one.question = with_two(pair.question, options, std::min(matching, other),
                            std::max(matching, other));
    const bool first = matching < other;
    one.matching = lettered(pair.matching, first ? "(A)" : "(B)");
    one.other = lettered(pair.matching, first ? "(B)" : "(A)");
    if (one.group.empty()) one.group = hex(question_key(pair));
    pairs.push_back(std::move(one));
  }
  return pairs;
}

std::vector<storage::ContrastPair> pairs_of(const storage::ContrastPair& pair,
                                            Options options) {
  if (options == Options::two) return {pair};
  return option_pairs(pair);
}

}  // namespace coxswain::jobs
