#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jobs/model/templates/chat_template.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"
#include "jobs/task/task.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::jobs {

using storage::PositionKind;

// A rule as a sweep names it, its number with it.
struct PositionRule {
  PositionKind kind = PositionKind::from_last_prompt_token;
  std::int32_t index = 0;  // N of from:N
};

// The rule that is spelled so; nullopt for no rule's spelling.
std::optional<PositionRule> position_rule_named(std::string_view text);
std::string spelling(const PositionRule& rule);

// What of a pair's answers is scored: the two tokens that differ, or all of
// both.
enum class Scored : std::uint8_t { token, answer };

// The tokens of a contrast pair by the rule of the first difference: x+ and x-
// are encoded whole, read where they first differ, predicted from the token
// before, and the two tokens that differ are scored. Throws JobError (without
// a file: the caller knows the item) if the strings differ before the answer,
// have unequal token counts (but where whole answers are scored), or the
// difference is not in the answer.
ContrastTokens locate(const Prompt& prompt, std::string_view matching,
                      std::string_view other, const Tokenizer& tokenizer,
                      const PositionRule& rule, Scored scored = Scored::token);

// The first steered index of a prompt and an answer with these tokens, however
// far behind its end; `predicting`: the token before the first difference.
std::int32_t first_steered(const PositionRule& rule, const Prompt& prompt,
                           const std::vector<Token>& tokens,
                           std::int32_t predicting);

// The tokens of a pair to the ends of its strings; keep_from is the first token
// that reaches into the answer. For pairs that locate() takes.
PairStrings whole_strings(const Prompt& prompt, std::string_view matching,
                          std::string_view other, const Tokenizer& tokenizer);

}  // namespace coxswain::jobs
