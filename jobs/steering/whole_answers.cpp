#include "jobs/steering/whole_answers.hpp"

#include <algorithm>
#include <cassert>

#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

// How many tokens two strings have in common.
std::size_t common(const std::vector<Token>& a, const std::vector<Token>& b) {
  const auto end = std::ranges::mismatch(a, b, {}, &Token::id, &Token::id);
  return static_cast<std::size_t>(end.in1 - a.begin());
}

struct Encoded {
  bool matches;
  const std::string* text;
  std::vector<Token> tokens;
};

// Both would be counted where the longer is said.
void refuse_beginnings(const std::vector<Encoded>& all) {
  for (const Encoded& one : all) {
    for (const Encoded& other : all) {
      if (&one == &other ||
          common(one.tokens, other.tokens) < one.tokens.size()) {
        continue;
      }
      throw JobError({"", "answers",
                      storage::in_quotes(*other.text, 60) +
                          ", which begins with " +
                          storage::in_quotes(*one.text, 60),
                      "answers that differ in a token", ""});
    }
  }
}

}  // namespace

WholeAnswers whole_answers(const Prompt& prompt,
                           const std::vector<std::string>& matching,
                           const std::vector<std::string>& other,
                           const Tokenizer& tokenizer, const PositionRule& rule,
                           std::int32_t predicting) {
  assert(!matching.empty() && !other.empty());
  std::vector<Encoded> all;
  for (const auto* answers : {&matching, &other}) {
    for (const std::string& one : *answers) {
      all.push_back(
          {answers == &matching, &one, tokens_of(prompt, one, tokenizer)});
    }
  }
  refuse_beginnings(all);
  const std::vector<Token>& first = all.front().tokens;
  std::size_t shared = first.size();
  for (const Encoded& one : all) {
    shared = std::min(shared, common(first, one.tokens));
  }
  for (const Encoded& one : all) {
    if (shared > 0 && one.tokens[shared].end > prompt.text.size()) continue;
    throw JobError({"", "answers",
                    storage::in_quotes(*one.text, 60) +
                        ", whose string differs from others before the answer",
                    "the first difference in the answer itself", ""});
  }
  WholeAnswers found;
  for (std::size_t i = 0; i < shared; ++i) found.shared.push_back(first[i].id);
  // Where several answers are accepted, the first difference of all counts.
  found.steer_from = first_steered(
      rule, prompt, first,
      std::min(predicting, static_cast<std::int32_t>(shared) - 1));
  for (const Encoded& one : all) {
    AnswerTokens& answer = found.answers.emplace_back();
    answer.matches = one.matches;
    for (std::size_t i = shared; i < one.tokens.size(); ++i) {
      answer.tokens.push_back(one.tokens[i].id);
    }
  }
  return found;
}

std::int64_t longest(const WholeAnswers& answers) {
  std::size_t most = 0;
  for (const AnswerTokens& one : answers.answers) {
    most = std::max(most, one.tokens.size());
  }
  return static_cast<std::int64_t>(answers.shared.size() + most);
}

}  // namespace coxswain::jobs
