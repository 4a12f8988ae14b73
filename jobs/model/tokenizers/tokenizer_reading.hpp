#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "jobs/model/tokenizers/added_tokens.hpp"
#include "jobs/model/tokenizers/folder_tokens.hpp"
#include "jobs/model/tokenizers/tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_class.hpp"
#include "jobs/model/tokenizers/tokenizer_folder.hpp"

namespace coxswain::jobs {

// What one version of transformers makes of a folder, but for vocabulary and
// merges. Steps and rules are spelled as in tokenizer.json.
struct TokenizerReading {
  Version version = Version::four;
  TokenizerClass of = TokenizerClass::plain;
  std::vector<AddedToken> added;
  nlohmann::json normalizer = nlohmann::json::array();
  nlohmann::json pre_tokenizer = nlohmann::json::array();
  nlohmann::json rules = nlohmann::json::object();  // of byte pair encoding
  std::int32_t beginning = -1;  // what prompts are begun with
  // Of a tokenizer.model; tokenizer.json has a decoder that says so.
  FirstSpace first_space = FirstSpace::kept;
  std::string refusal;  // why this version can't read the folder; empty: it can
};

// A normaliser or pre-tokenizer of tokenizer.json as a list of its steps,
// `list` being what its sequences are called, in one spelling each.
nlohmann::json steps_of(const nlohmann::json& one, const char* list);

// The folder's tokenizer.json with all that stands beside it. Throws JobError
// naming file and key for what no version reads.
TokenizerReading read_json_as(const TokenizerFolder& folder, Version version);

// tokenizer.json as it stands, whatever lies beside it; without a beginning.
TokenizerReading read_json_alone(const TokenizerFolder& folder);

// Throws JobError where a file numbers a token otherwise than it would be.
void require_numbers(const FolderTokens& tokens,
                     const AddedVocabulary& vocabulary);

// How SentencePiece spells a space.
inline constexpr const char* kMetaspace = "\u2581";

// SentencePiece's space as Llama's class puts it, where it does.
nlohmann::json llama_pre_tokenizer(bool prefix, bool every_stretch);

}  // namespace coxswain::jobs
