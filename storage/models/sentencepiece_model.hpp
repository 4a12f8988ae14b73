#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::storage {

// What a SentencePiece file (tokenizer.model) says, as data: the fields of its
// ModelProto that a tokenizer needs. Read here, and not by the library: the
// one that Debian packages has parts of protobuf that take the place of those
// libtorch loads, and a program with both dies at its start.
struct SentencePieceModel {
  enum class Type : std::uint8_t {  // of pieces; the file's numbers
    normal = 1,
    unknown,
    control,
    user_defined,
    unused,
    byte
  };
  // How the vocabulary cuts text; the file's numbers.
  enum class Kind : std::uint8_t { unigram = 1, bpe, word, character };

  std::vector<std::string> pieces;
  std::vector<double> scores;
  std::vector<Type> types;

  Kind kind = Kind::unigram;
  bool byte_fallback = false;
  bool whitespace_as_suffix = false;
  std::int32_t bos_id = 1;  // -1: none

  bool normalises = false;  // it has a map of characters
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
};

// Reads tokenizer.model; every length is checked before it is believed. Throws
// StorageError naming the file.
SentencePieceModel read_sentencepiece_model(const std::string& path);
SentencePieceModel parse_sentencepiece_model(std::string_view bytes,
                                             const std::string& where);

}  // namespace coxswain::storage
