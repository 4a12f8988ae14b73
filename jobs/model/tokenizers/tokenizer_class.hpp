#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/tokenizer_folder.hpp"

namespace coxswain::jobs {

// What transformers' tokenizer classes do beside reading files; those that only
// read tokenizer.json are `plain`.
enum class TokenizerClass {
  plain,
  gpt2,
  gpt_neox,
  qwen2,
  llama,
  code_llama,
  gemma
};

// The versions of transformers that a folder is read as.
enum class Version { four, five };  // 4.57.6, 5.24.0
std::string name_of(Version version);

// The class that AutoTokenizer takes for a folder; nullopt where that version
// knows none of the name. Throws JobError for classes that are not read here,
// and for code of the folder's own.
std::optional<TokenizerClass> class_of(const TokenizerFolder& folder,
                                       Version version);

// The special tokens that a class has where the settings name none, in the
// order of kSpecialKeys.
using KeyAndText = std::pair<std::string, std::string>;
std::vector<KeyAndText> default_tokens(TokenizerClass one, Version version);

// The settings that hold one special token each.
inline constexpr const char* kSpecialKeys[] = {
    "bos_token", "eos_token", "unk_token", "sep_token",
    "pad_token", "cls_token", "mask_token"};

}  // namespace coxswain::jobs
