#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "jobs/steering/behaviour_items.hpp"
#include "jobs/task/contrast_tokens.hpp"

namespace coxswain::jobs {

// What a model is asked of an item: two tokens behind one string, once or
// several times. Where whole answers are scored, there is such a reading for
// each token of an answer, behind the tokens before it.
struct AnswerReadings {
  // One token of an answer.
  struct Term {
    std::int32_t reading = 0;
    bool other = false;  // it is token_other there
    bool operator==(const Term&) const = default;
  };
  struct Answer {
    bool matches = false;
    std::vector<Term> terms;
    bool operator==(const Answer&) const = default;
  };
  std::int32_t n_readings = 0;
  std::vector<Answer> answers;  // empty: the two tokens of the one reading

  bool operator==(const AnswerReadings&) const = default;
};

// Of an item; its readings go behind those that are there.
AnswerReadings add_readings(const BehaviourItem& item,
                            std::vector<ContrastTokens>& readings);

// Logits at a reading, and the log-sum-exp over the vocabulary there.
struct ReadLogits {
  double match = 0, other = 0, log_sum_exp = 0;
};

// The log-probabilities of what matches and of what does not: of each answer
// the sum over its tokens, of several accepted ones that of their summed
// probabilities; log_sum_exp is 0. Where two tokens are scored, what was read.
ReadLogits scored(const AnswerReadings& item,
                  const std::function<ReadLogits(std::int32_t reading)>& read);

}  // namespace coxswain::jobs
