#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

std::vector<Token> encode_prompt(const Tokenizer& tokenizer,
                                 std::string_view text, const UserText& user) {
  std::vector<Token> tokens = tokenizer.encode(text, user);
  tokenizer.require_beginning(tokens);
  const std::int32_t beginning = tokenizer.beginning();
  if (beginning >= 0 && (tokens.empty() || tokens[0].id != beginning)) {
    tokens.insert(tokens.begin(), Token{beginning, 0, 0});
  }
  return tokens;
}

std::string beginning_text(const Tokenizer& tokenizer) {
  const std::int32_t beginning = tokenizer.beginning();
  return beginning < 0 ? "" : tokenizer.piece(beginning);
}

}  // namespace coxswain::jobs
