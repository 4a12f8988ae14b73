#include "jobs/model/tokenizers/agreed_tokenizer.hpp"

#include <algorithm>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// Tokens from the first that is not the same, a few.
std::string ids_from(const std::vector<Token>& tokens, std::size_t at) {
  std::string text;
  for (std::size_t i = at; i < std::min(tokens.size(), at + 4); ++i) {
    text += (text.empty() ? "" : " ") + std::to_string(tokens[i].id);
  }
  return text.empty() ? "nothing" : text;
}

std::string named(std::int32_t beginning, const Tokenizer& tokenizer) {
  if (beginning < 0) return "none";
  return storage::printable(tokenizer.piece(beginning)) + " (" +
         std::to_string(beginning) + ")";
}

}  // namespace

std::vector<Token> AgreedTokenizer::encode(std::string_view text,
                                           const UserText& user) const {
  std::vector<Token> tokens = first_->encode(text, user);
  if (second_ == nullptr) return tokens;
  const std::vector<Token> others = second_->encode(text, user);
  const auto differs =
      std::mismatch(tokens.begin(), tokens.end(), others.begin(), others.end(),
                    [](const Token& a, const Token& b) { return a.id == b.id; })
          .first;
  if (differs == tokens.end() && tokens.size() == others.size()) return tokens;
  const auto at = static_cast<std::size_t>(differs - tokens.begin());
  const std::size_t from =
      at < tokens.size() ? tokens[at].begin : others[at].begin;
  throw JobError({about_.file, "",
                  "at \"" + storage::printable(text.substr(from, 40)) +
                      "\" tokens " + ids_from(tokens, at) +
                      " by transformers 4.57, " + ids_from(others, at) +
                      " by transformers 5 (" + about_.reason + ")",
                  "a text that both cut alike", about_.remedy});
}

void AgreedTokenizer::require_beginning(
    const std::vector<Token>& tokens) const {
  const std::int32_t own = first_->beginning();
  if (own == about_.beginning) return;
  // A prompt that spells it has it either way.
  for (const std::int32_t beginning : {own, about_.beginning}) {
    if (beginning >= 0 && !tokens.empty() && tokens[0].id == beginning) return;
  }
  throw JobError({about_.file, "add_bos_token",
                  "prompts begin with " + named(own, *first_) +
                      " by transformers 4.57 and with " +
                      named(about_.beginning, *first_) +
                      " by transformers 5 (" + about_.reason + ")",
                  "the same by both",
                  "make add_bos_token and the post_processor of "
                  "tokenizer.json say the same, or take a template that "
                  "writes the beginning"});
}

}  // namespace coxswain::jobs
