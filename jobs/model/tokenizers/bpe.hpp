#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/aligned_text.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// What a vocabulary says of characters that it lacks, and of whole pieces.
struct BpeRules {
  bool byte_fallback = false;  // unknown characters as <0x..> tokens
  bool ignore_merges = false;  // a piece that is a token is that token
  bool fuse_unknown = false;   // unknown neighbours as one token
  std::int32_t unknown = -1;   // -1: unknown characters are dropped
};

// Byte pair encoding (Gage 1994, Sennrich et al. 2016) of the pieces that a
// pre-tokenizer leaves.
class Bpe {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;

  // Pieces by id (empty where there is none), merges by rank. Throws JobError
  // naming `where` for merges of what is no token.
  Bpe(std::vector<std::string> pieces, const Merges& merges,
      const BpeRules& rules, const std::string& where);
  Bpe(Bpe&&) = default;
  Bpe(const Bpe&) = delete;  // the map's keys look into the pieces
  Bpe& operator=(const Bpe&) = delete;
  Bpe& operator=(Bpe&&) = delete;
  ~Bpe() = default;

  void encode(const AlignedText& piece, std::vector<Token>& out) const;
  const std::string& piece(std::int32_t id) const;
  std::optional<std::int32_t> id_of(std::string_view piece) const;
  std::int32_t size() const {
    return static_cast<std::int32_t>(pieces_.size());
  }

 private:
  // What two neighbouring tokens become, and how soon: lower ranks first.
  struct Merge {
    std::int32_t rank;
    std::int32_t result;
  };
  // One symbol of a word on its way; places are bytes of the piece.
  struct Symbol {
    std::int32_t id;
    std::size_t begin, end;
  };
  std::vector<Symbol> symbols(std::string_view text) const;
  bool fall_back(std::string_view character, std::size_t at,
                 std::vector<Symbol>& out) const;
  std::vector<Symbol> merged(std::vector<Symbol> word) const;
  const Merge* merge_of(std::int32_t left, std::int32_t right) const;

  std::vector<std::string> pieces_;
  // Token ids by their pieces, which the keys are views into.
  std::unordered_map<std::string_view, std::int32_t> ids_;
  std::unordered_map<std::uint64_t, Merge> merges_;
  BpeRules rules_;
};

// The merges that a SentencePiece vocabulary implies: every cut of a piece
// into two others, best score first.
Bpe::Merges merges_by_score(const std::vector<std::string>& pieces,
                            const std::vector<double>& scores);
// The same by the pieces' numbers, shortest left parts first, as version 5 of
// transformers has them.
Bpe::Merges merges_by_number(const std::vector<std::string>& pieces);

}  // namespace coxswain::jobs
