#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jobs/model/tokenizers/added_vocabulary.hpp"
#include "jobs/model/tokenizers/tokenizer_class.hpp"
#include "jobs/model/tokenizers/tokenizer_folder.hpp"

namespace coxswain::jobs {

// A token with the number that a file gives it.
struct NumberedToken {
  DeclaredToken declared;
  std::string file, key;  // where it stands
};

// What a folder's settings declare beside the vocabulary, as one version of
// transformers reads it.
struct FolderTokens {
  // By number: added_tokens_decoder, or, without one, added_tokens.json and
  // the list in tokenizer.json.
  std::map<std::int64_t, NumberedToken> numbered;
  // bos_token and so on; a key without a token is not here.
  std::map<std::string, DeclaredToken> named;
  // Those without a role: additional_special_tokens, extra_special_tokens.
  std::vector<DeclaredToken> more;
  // Those of models' own roles ("image_token").
  std::vector<DeclaredToken> roles;
  std::string refusal;  // why this version can't read them; empty: it can
};

// Throws JobError naming file and key for what no version reads.
// `sentencepiece`: the marks of a tokenizer.model, where that is what is read.
FolderTokens folder_tokens(const TokenizerFolder& folder, TokenizerClass one,
                           Version version,
                           const std::vector<DeclaredToken>& sentencepiece);

// Adds them to a vocabulary as that version does.
void add_tokens(const FolderTokens& tokens, Version version,
                AddedVocabulary& vocabulary);

}  // namespace coxswain::jobs
