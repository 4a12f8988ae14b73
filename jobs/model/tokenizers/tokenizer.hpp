#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coxswain::jobs {

// Tokens of one character share its bytes.
struct Token {
  std::int32_t id = 0;
  std::uint32_t begin = 0;  // bytes of the text it stands for
  std::uint32_t end = 0;
};

// Where a text is its user's own. Control tokens (<|im_start|>) and marks that
// are spelled there, wholly or in part, are text like any other.
struct UserText {
  std::vector<std::pair<std::size_t, std::size_t>> stretches;  // [begin, end)
  std::vector<std::string> marks;  // a template's, control tokens or not
};

// What happens to the space that some tokenizers put before a text, when its
// tokens become text again.
enum class FirstSpace : std::uint8_t {
  kept,              // there is none
  dropped,           // the first character goes if it is a space
  dropped_of_token,  // all spaces of the first token go
};

// How tokens become text.
struct Decoding {
  FirstSpace first_space = FirstSpace::kept;
  // Tokens are bytes: those of a broken character become one U+FFFD together,
  // not one each.
  bool byte_level = true;
  std::string space{};  // how tokens spell a space, added ones too; or empty
};

// Text to tokens. Const and thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  // Special tokens spelled in `text` are recognised, but for `user`; none is
  // added. Throws JobError for text that is not UTF-8.
  virtual std::vector<Token> encode(std::string_view text,
                                    const UserText& user = {}) const = 0;
  // The control tokens, and of `marks` those that are tokens, that encode()
  // finds in `text`.
  virtual std::vector<std::string> spelled_tokens(
      std::string_view text, const std::vector<std::string>& marks) const = 0;
  // The bytes a token stands for; empty for an id without one.
  virtual std::string piece(std::int32_t id) const = 0;
  // The token that is spelled so as a whole, if there is one.
  virtual std::optional<std::int32_t> id_of(std::string_view token) const = 0;
  // One more than the largest id.
  virtual std::int32_t size() const = 0;
  // The token a prompt has to begin with, or -1.
  virtual std::int32_t beginning() const = 0;
  // Throws JobError for the tokens of a prompt that does not spell its
  // beginning, where the tokenizer's files do not agree on it.
  virtual void require_beginning(const std::vector<Token>& tokens) const {
    static_cast<void>(tokens);
  }
  virtual Decoding decoding() const = 0;
};

// Tokens of a whole prompt: the beginning is put first unless it is there.
std::vector<Token> encode_prompt(const Tokenizer& tokenizer,
                                 std::string_view text,
                                 const UserText& user = {});
// How the beginning is spelled; empty if there is none.
std::string beginning_text(const Tokenizer& tokenizer);

}  // namespace coxswain::jobs
