#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/model/tokenizers/added_tokens.hpp"
#include "jobs/model/tokenizers/bpe.hpp"
#include "jobs/model/tokenizers/normaliser.hpp"
#include "jobs/model/tokenizers/pre_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// What tokenizer.json and GGUF files say, as data.
struct TokenizerParts {
  std::vector<AddedToken> added;
  Normaliser normaliser;
  PreTokenizer pre_tokenizer;
  Bpe bpe;
  bool byte_level = false;    // pieces are bytes spelled in characters
  std::string space{};        // how pieces spell a space; empty: as one
  bool trim_offsets = false;  // spaces at a token's ends are not its own
  // With trim_offsets: a single space before the text was not the text's.
  bool added_prefix_space = false;
  std::int32_t beginning = -1;
  FirstSpace first_space = FirstSpace::kept;
};

// Added tokens, normaliser, pre-tokenizer and merges, one after the other, as
// the tokenizers library runs them.
class PipelineTokenizer : public Tokenizer {
 public:
  explicit PipelineTokenizer(TokenizerParts parts);

  std::vector<Token> encode(std::string_view text,
                            const UserText& user = {}) const override;
  std::vector<std::string> spelled_tokens(
      std::string_view text,
      const std::vector<std::string>& marks) const override;
  std::string piece(std::int32_t id) const override;
  std::optional<std::int32_t> id_of(std::string_view token) const override;
  std::int32_t size() const override;
  std::int32_t beginning() const override { return parts_.beginning; }
  Decoding decoding() const override {
    return {parts_.first_space, parts_.byte_level, parts_.space};
  }

 private:
  void encode_plain(AlignedText text, std::vector<Token>& out) const;
  void trim(std::vector<Token>& tokens) const;

  TokenizerParts parts_;
  AddedTokens raw_, normalised_;
};

}  // namespace coxswain::jobs
