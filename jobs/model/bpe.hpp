#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jobs/model/pre_tokenizer.hpp"
#include "jobs/model/tokenizer.hpp"
#include "storage/gguf.hpp"

namespace coxswain::jobs {

// Byte-level byte pair encoding as GPT-2 defined it. Bytes that the vocabulary
// lacks are dropped, as the tokenizers library does without an unknown token.
class ByteLevelBpe : public Tokenizer {
 public:
  // Vocabulary, merges and rules inside a GGUF file. Throws JobError.
  explicit ByteLevelBpe(const storage::GgufFile& file);

  std::vector<Token> encode(std::string_view text) const override;
  std::string piece(std::int32_t id) const override;
  std::int32_t beginning() const override { return beginning_; }

 private:
  struct Merge {
    std::int32_t rank;
    std::int32_t result;
  };
  void read_vocabulary(const storage::GgufFile& file);
  void read_merges(const storage::GgufFile& file);
  void encode_plain(std::string_view text, std::uint32_t start,
                    std::vector<Token>& out) const;
  void merge_word(std::vector<Token> word, std::vector<Token>& out) const;
  const Merge* merge_of(std::int32_t left, std::int32_t right) const;

  PreTokenizer pre_tokenizer_;
  std::vector<std::string> pieces_;     // raw bytes by id
  std::vector<std::int32_t> byte_ids_;  // [256], -1: not in the vocabulary
  std::unordered_map<std::uint64_t, Merge> merges_;
  // Special tokens, longest first, so that the longest wins at a position.
  std::vector<std::pair<std::string, std::int32_t>> specials_;
  std::int32_t beginning_ = -1;
};

}  // namespace coxswain::jobs
