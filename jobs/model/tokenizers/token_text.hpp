#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// The bytes of a token in a text: part of a character, or some.
std::string token_bytes(const Tokenizer& tokenizer, std::int32_t id);

// The text of tokens as the tokenizer's own library decodes them, its special
// tokens spelled and nothing tidied up: UTF-8, U+FFFD for bytes of no
// character.
std::string decode(const Tokenizer& tokenizer,
                   std::span<const std::int32_t> ids);

// A token, and what stands on either side of it.
struct TokenInText {
  std::string before, token, after;
};

// How many tokens of a context are wanted on either side.
struct TokensAround {
  std::int64_t before = 0, after = 0;
};

// The token at `position` of `ids` and the text around it: together a part of
// what decode() makes of all. A character that several tokens spell stands
// whole in `token` if one of them is at `position`.
TokenInText token_in_text(const Tokenizer& tokenizer,
                          std::span<const std::int32_t> ids,
                          std::int64_t position, const TokensAround& around);

}  // namespace coxswain::jobs
