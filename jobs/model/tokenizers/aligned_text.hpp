#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::jobs {

// Bytes of the original text.
struct Origin {
  std::uint32_t begin = 0, end = 0;
};

// A text on its way through a tokenizer that remembers, for each of its bytes,
// which character of the original it stands for. The rules for inserted and
// replaced characters are those of the tokenizers library, whose offsets users
// compare with.
class AlignedText {
 public:
  AlignedText() = default;
  explicit AlignedText(std::string_view original);  // UTF-8

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  AlignedText slice(std::size_t begin, std::size_t end) const;
  // What bytes [begin, end), at least one, stand for.
  Origin origin(std::size_t begin, std::size_t end) const {
    assert(begin < end && end <= origins_.size());
    return {origins_[begin].begin, origins_[end - 1].end};
  }

  // Put before the first character, which it stands for too. Nothing happens
  // to an empty text.
  void prepend(std::string_view added);
  void replace_all(std::string_view from, std::string_view to);
  void compose();  // NFC
  // Every byte as the one character that byte-level vocabularies write it as.
  void spell_bytes();

 private:
  void append(std::string_view bytes, Origin origin);

  std::string text_;
  std::vector<Origin> origins_;  // by byte
};

// The bytes that a spelling of spell_bytes() stands for; empty if it has a
// character that stands for none.
std::string spelled_bytes(std::string_view spelling);

}  // namespace coxswain::jobs
