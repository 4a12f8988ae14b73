#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/steering/positions.hpp"

namespace coxswain::jobs {

// An answer that is scored whole: its tokens behind those that all answers of
// its item begin with. At least one.
struct AnswerTokens {
  bool matches = false;  // the behaviour
  std::vector<std::int32_t> tokens;
};

// All answers of an item. An answer's probability is the product of its tokens'
// p(token | all before it); tokens that all answers begin with are left out,
// since they are the same for each.
struct WholeAnswers {
  std::vector<std::int32_t> shared;  // the prompt, and what all begin with
  std::int32_t steer_from = 0;  // first steered index, however far behind it
  std::vector<AnswerTokens> answers;  // those that match first
};

// Encodes each answer behind the prompt. `predicting`: the index of the token
// that predicts the first difference of the first two. Throws JobError if
// answers differ in a token that ends before the answer, or if one begins with
// another.
WholeAnswers whole_answers(const Prompt& prompt,
                           const std::vector<std::string>& matching,
                           const std::vector<std::string>& other,
                           const Tokenizer& tokenizer, const PositionRule& rule,
                           std::int32_t predicting);

// Tokens of the longest answer, with the prompt.
std::int64_t longest(const WholeAnswers& answers);

}  // namespace coxswain::jobs
