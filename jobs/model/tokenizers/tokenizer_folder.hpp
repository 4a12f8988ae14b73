#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "jobs/model/tokenizers/added_tokens.hpp"

namespace coxswain::jobs {

// The files of a Hugging Face folder that make its tokenizer, as texts; empty
// for those that are not there.
struct TokenizerTexts {
  std::string tokenizer;       // tokenizer.json
  std::string settings;        // tokenizer_config.json
  std::string special_tokens;  // special_tokens_map.json
  std::string added_tokens;    // added_tokens.json
  std::string model;           // config.json
};

// The same, parsed; null for a file that is not there.
struct TokenizerFolder {
  std::string path;  // of the folder
  nlohmann::json tokenizer, settings, special_tokens, added_tokens;
  // The names in extra_special_tokens as the file has them in order: new tokens
  // are numbered so.
  std::vector<std::string> extra_names;
  std::string model_type;       // of config.json
  std::string tokenizer_class;  // as tokenizer_config.json or config.json says
  bool has_sentencepiece = false;  // tokenizer.model lies there

  std::string file(const char* name) const { return path + "/" + name; }
  // What tokenizer_config.json says of `key`; null if nothing.
  const nlohmann::json& setting(const char* key) const;
  bool says(const char* key) const { return settings.contains(key); }
  // A flag of tokenizer_config.json. Throws JobError for what is none.
  std::optional<bool> flag(const char* key) const;
};

// Throws JobError or storage::StorageError naming file and key.
TokenizerFolder read_tokenizer_folder(const std::string& path);
TokenizerFolder parse_tokenizer_folder(const std::string& path,
                                       const TokenizerTexts& texts);

// A token as settings declare it: as a text, or as an object with flags.
struct DeclaredToken {
  AddedToken token;  // without a number
  bool plain = true;
  bool normalized_said = false;

  // The token with `special` decided: special ones are looked for in the raw
  // text unless something else is said.
  AddedToken resolved(bool special) const;
  AddedToken resolved() const { return resolved(token.special); }
};

// Reads a token of `file`; nullopt for null. Throws JobError naming `key` for
// what transformers takes for none: an object has to say {"__type":
// "AddedToken"} unless `bare` ones are known there.
std::optional<DeclaredToken> declared_token(const nlohmann::json& value,
                                            const std::string& file,
                                            const std::string& key,
                                            bool bare = false);
// Reads a token that has to be there; throws JobError for null as well.
DeclaredToken required_token(const nlohmann::json& value,
                             const std::string& file, const std::string& key,
                             bool bare = false);

}  // namespace coxswain::jobs
