#include "jobs/steering/option_order.hpp"

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

std::string stripped(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// An option of a question: its letter and where its words stand.
struct Option {
  char letter = 'A';
  std::size_t text = 0;  // where its words begin, right after ")"
};

// Lines that begin with a letter in parentheses, after any spaces.
std::vector<Option> options_of(const std::string& question) {
  std::vector<Option> options;
  for (std::size_t line = 0; line < question.size();) {
    const std::size_t at = question.find_first_not_of(" \t", line);
    if (at != std::string::npos && at + 2 < question.size() &&
        !letter_of(question.substr(at, 3)).empty()) {
      options.push_back({question[at + 1], at + 3});
    }
    const std::size_t end = question.find('\n', line);
    if (end == std::string::npos) break;
    line = end + 1;
  }
  return options;
}

// The place behind the last of the words in [first, limit).
std::size_t end_of_words(const std::string& question, std::size_t first,
                         std::size_t limit) {
  const std::size_t empty_line = question.find("\n\n", first);
  if (empty_line < limit) limit = empty_line;
  while (limit > first &&
         (question[limit - 1] == '\n' || question[limit - 1] == '\r' ||
          question[limit - 1] == ' ')) {
    --limit;
  }
  return limit;
}

}  // namespace

std::string letter_of(const std::string& answer) {
  const std::string text = stripped(answer);
  const bool letter = text.size() == 3 && text[0] == '(' && text[2] == ')' &&
                      text[1] >= 'A' && text[1] <= 'Z';
  return letter ? text.substr(1, 1) : "";
}

QuestionParts parts_of(const std::string& question) {
  const std::vector<Option> options = options_of(question);
  QuestionParts parts;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::size_t begin = options[i].text;
    const std::size_t limit = i + 1 < options.size()
                                  ? question.rfind('\n', options[i + 1].text)
                                  : question.size();
    const std::size_t end = end_of_words(question, begin, limit);
    parts.stem += question.substr(copied, begin - copied);
    copied = end;
    if (!parts.options
             .emplace(options[i].letter, question.substr(begin, end - begin))
             .second) {
      return {};
    }
  }
  if (options.size() < 2) return {};
  parts.stem += question.substr(copied);
  return parts;
}

std::vector<OptionLine> option_lines(const std::string& question) {
  const std::vector<Option> options = options_of(question);
  std::vector<OptionLine> lines;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::size_t text = options[i].text;
    const std::size_t before = question.rfind('\n', text);
    const std::size_t limit = i + 1 < options.size()
                                  ? question.rfind('\n', options[i + 1].text)
                                  : question.size();
    lines.push_back({before == std::string::npos ? 0 : before + 1, text - 3,
                     end_of_words(question, text, limit)});
  }
  return lines;
}

storage::ContrastPair with_options_exchanged(
    const storage::ContrastPair& pair) {
  const std::string letters = letter_of(pair.matching) + letter_of(pair.other);
  if (letters != "AB" && letters != "BA") {
    throw JobError({"", "answers", pair.matching + " and " + pair.other,
                    "(A) and (B), whose options can be exchanged", ""});
  }
  const std::string& text = pair.question;
  const std::vector<Option> options = options_of(text);
  if (options.size() != 2 || options[0].letter != 'A' ||
      options[1].letter != 'B') {
    throw JobError(
        {"", "question",
         std::to_string(options.size()) + " lines that begin with an option",
         "one that begins with (A), then one with (B)", ""});
  }
  const std::size_t line_b = text.rfind('\n', options[1].text);
  const std::size_t a = options[0].text;
  const std::size_t end_a = end_of_words(text, a, line_b);
  const std::size_t b = options[1].text;
  const std::size_t end_b = end_of_words(text, b, text.size());
  storage::ContrastPair exchanged = pair;
  exchanged.question = text.substr(0, a) + text.substr(b, end_b - b) +
                       text.substr(end_a, b - end_a) +
                       text.substr(a, end_a - a) + text.substr(end_b);
  std::swap(exchanged.matching, exchanged.other);
  return exchanged;
}

}  // namespace coxswain::jobs
