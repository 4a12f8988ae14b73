#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jobs/model/tokenizers/tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_folder.hpp"

namespace coxswain::jobs {

// The tokenizer of a Hugging Face folder.
struct FolderTokenizer {
  std::unique_ptr<Tokenizer> tokenizer;
  // What the files beside tokenizer.json or tokenizer.model change of it;
  // empty if nothing. Folders with other changes are other tokenizers.
  std::string changes;
  std::vector<std::string> notes;  // what the user should know
};

// tokenizer.json, else tokenizer.model, with all that stands beside it, as
// AutoTokenizer reads the folder. Where transformers 4.57.6 and 5.24.0 make
// different tokens of a text, or of a prompt's beginning, the tokenizer refuses
// it. Throws JobError or storage::StorageError naming file and key.
FolderTokenizer read_folder_tokenizer(const std::string& path);
// For the texts of a tokenizer.json and the files beside it.
FolderTokenizer make_json_tokenizer(const TokenizerFolder& folder);

}  // namespace coxswain::jobs
