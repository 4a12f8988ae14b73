#include "jobs/steering/positions.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "jobs/task/job_error.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {

std::optional<PositionRule> position_rule_named(std::string_view text) {
  const std::string_view from = sweep_name_of(PositionKind::from_index);
  if (!text.starts_with(from)) {
    const auto kind = storage::named<PositionKind>(text);
    if (!kind || *kind == PositionKind::from_index) return std::nullopt;
    return PositionRule{*kind, 0};
  }
  text.remove_prefix(from.size());
  PositionRule rule{PositionKind::from_index, 0};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), rule.index);
  if (error != std::errc() || end != text.data() + text.size() ||
      rule.index < 0) {
    return std::nullopt;
  }
  return rule;
}

std::string spelling(const PositionRule& rule) {
  std::string text = sweep_name_of(rule.kind);
  if (rule.kind == PositionKind::from_index) text += std::to_string(rule.index);
  return text;
}

std::int32_t first_steered(const PositionRule& rule, const Prompt& prompt,
                           const std::vector<Token>& tokens,
                           std::int32_t predicting) {
  const auto first = [&](auto&& wanted) {
    return static_cast<std::int32_t>(
        std::find_if(tokens.begin(), tokens.end(), wanted) - tokens.begin());
  };
  switch (rule.kind) {
    case PositionKind::all:
      return 0;
    case PositionKind::all_but_first:
      return 1;
    case PositionKind::answer_only:
      return predicting;
    case PositionKind::from_index:
      return rule.index;
    case PositionKind::from_last_prompt_token:
      // The last token that lies whole in the prompt: one before the first
      // that reaches behind it.
      return first([&](const Token& t) { return t.end > prompt.text.size(); }) -
             1;
    case PositionKind::after_instruction:
      return first([&](const Token& t) { return t.begin >= prompt.user_end; });
  }
  return 0;
}

ContrastTokens locate(const Prompt& prompt, std::string_view matching,
                      std::string_view other, const Tokenizer& tokenizer,
                      const PositionRule& rule, Scored scored) {
  if (matching == other) {
    throw JobError({"", "answers", storage::in_quotes(matching, 60) + " twice",
                    "two that differ as they follow the prompt", ""});
  }
  const std::string positive = prompt.text + std::string(matching);
  const std::string negative = prompt.text + std::string(other);
  const auto plus = tokens_of(prompt, matching, tokenizer);
  const auto minus = tokens_of(prompt, other, tokenizer);
  if (plus.size() != minus.size() && scored == Scored::token) {
    throw JobError({"", "answers",
                    storage::in_quotes(matching, 60) + " and " +
                        storage::in_quotes(other, 60) +
                        ", whose strings have " + std::to_string(plus.size()) +
                        " and " + std::to_string(minus.size()) + " tokens",
                    "as many in both strings",
                    "take answers of one length, make them options (A) and (B) "
                    "of the question, or score whole answers by score = "
                    "\"answer\""});
  }
  std::size_t read = 0;
  const std::size_t shorter = std::min(plus.size(), minus.size());
  while (read < shorter && plus[read].id == minus[read].id) ++read;
  if (read == shorter && plus.size() != minus.size()) {
    throw JobError({"", "answers",
                    storage::in_quotes(matching, 60) + " and " +
                        storage::in_quotes(other, 60) +
                        ", of which one begins with the other",
                    "two that differ in a token", ""});
  }
  const auto differ =
      static_cast<std::size_t>(std::mismatch(positive.begin(), positive.end(),
                                             negative.begin(), negative.end())
                                   .first -
                               positive.begin());
  if (read == 0 || read == plus.size() || plus[read].begin > differ ||
      plus[read].end <= differ) {
    throw JobError({"", "answers",
                    storage::in_quotes(matching, 60) + " and " +
                        storage::in_quotes(other, 60) +
                        ", strings that differ before the answer",
                    "the first difference in the answer itself", ""});
  }
  const auto predicting = static_cast<std::int32_t>(read) - 1;
  const std::int32_t from = first_steered(rule, prompt, plus, predicting);
  if (from < 0) {
    throw JobError({"", "prompt", "its first token reaches into the answer",
                    "a token of its own before the answer", ""});
  }
  ContrastTokens tokens;
  for (std::size_t i = 0; i < read; ++i) tokens.shared.push_back(plus[i].id);
  tokens.token_match = plus[read].id;
  tokens.token_other = minus[read].id;
  // Behind the predicting token nothing is steered: the item then equals the
  // clean pass.
  tokens.steer_from = std::min(from, predicting + 1);
  return tokens;
}

PairStrings whole_strings(const Prompt& prompt, std::string_view matching,
                          std::string_view other, const Tokenizer& tokenizer) {
  const auto plus = tokens_of(prompt, matching, tokenizer);
  const auto minus = tokens_of(prompt, other, tokenizer);
  PairStrings strings;
  std::size_t at = 0;
  const std::size_t shorter = std::min(plus.size(), minus.size());
  for (; at < shorter && plus[at].id == minus[at].id; ++at) {
    strings.shared.push_back(plus[at].id);
    if (plus[at].end <= prompt.text.size()) ++strings.keep_from;
  }
  for (std::size_t i = at; i < plus.size(); ++i) {
    strings.match.push_back(plus[i].id);
  }
  for (std::size_t i = at; i < minus.size(); ++i) {
    strings.other.push_back(minus[i].id);
  }
  return strings;
}

}  // namespace coxswain::jobs
