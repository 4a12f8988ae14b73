#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/model/tokenizers/aligned_text.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// A token that is found in the text before anything is cut or merged.
struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool single_word = false;  // not inside a word
  bool lstrip = false;       // takes the white space before it along
  bool rstrip = false;       // and behind it
  bool normalized = false;   // looked for in the normalised text
  bool special = false;      // steers a model: a mark of its own, no text
  bool skipped = false;      // found, and cut as other text is
};

// A stretch of text, or an added token in its place (id >= 0).
struct Segment {
  AlignedText text;
  std::int32_t id = -1;
};

// Finds added tokens: the longest at each place, left to right.
class AddedTokens {
 public:
  AddedTokens() : by_first_byte_(256) {}
  explicit AddedTokens(std::vector<AddedToken> tokens);

  // `user`: where control tokens are text.
  std::vector<Segment> split(const AlignedText& text,
                             const UserText& user) const;

 private:
  const AddedToken* token_at(std::string_view text, std::size_t at) const;

  // By first byte, longest first.
  std::vector<std::vector<AddedToken>> by_first_byte_;
};

}  // namespace coxswain::jobs
